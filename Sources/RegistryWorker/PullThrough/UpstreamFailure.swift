import HTTPService
import HTTPTypes
import RegistryModel

/// Why the upstream did not give what was asked of it. No case holds a credential.
enum UpstreamFailure: Error, Sendable, Equatable {
    case notFound
    /// 401 or 403, or a realm that gives no token.
    case denied(String)
    case rateLimited
    case status(Int)
    case unreachable(String)
    /// Bytes that are not what their digest says, or no manifest.
    case wrongContent(String)

    var words: String {
        switch self {
        case .notFound: "it does not have it"
        case .denied(let words): words
        case .rateLimited: "it answers 429: too many requests"
        case .status(let status): "it answers \(status)"
        case .unreachable(let words): words
        case .wrongContent(let words): words
        }
    }

    /// How it looks to a client that found nothing in the cache.
    func refusal(_ upstream: String, notFound: ErrorCode) -> OCIError {
        let sentence = "the upstream registry \(upstream) did not give it: \(words)"
        switch self {
        case .notFound: return OCIError(notFound, message: "the upstream registry \(upstream) does not have it")
        case .rateLimited: return OCIError(.tooManyRequests, message: sentence)
        case .denied:
            return OCIError(.denied, message: sentence + "; see proxy.username in this registry's configuration")
        case .status, .unreachable, .wrongContent: return OCIError(.unavailable, message: sentence)
        }
    }
}

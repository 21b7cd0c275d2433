/// What the auth worker says of who asks.
enum SignInVerdict: Sendable, Equatable {
    case signedIn(user: String)
    case refused
    /// Too many failed sign-ins: in how many seconds one more is heard.
    case delayed(seconds: Int)
    /// It could not say; why, for the log.
    case unavailable(String)

    /// - Parameters:
    ///   - retryAfter: the header.
    ///   - body: of a 200, docker_auth's JSON. Its token says who was signed in: nobody, where anonymous access is allowed.
    init(status: Int, retryAfter: String?, body: String) {
        switch status {
        case 200:
            let user = Self.token(body).flatMap { RequestIdentity.user(authorization: "Bearer \($0)") }
            self = user.map { .signedIn(user: $0) } ?? .refused
        case 429:
            let seconds = retryAfter.flatMap { Int($0) } ?? 60
            self = .delayed(seconds: min(max(seconds, 1), 3_600))
        case 400..<500: self = .refused
        default: self = .unavailable("it answered \(status)")
        }
    }

    /// The value of `"access_token"`, which holds nothing that JSON would escape.
    private static func token(_ body: String) -> Substring? {
        guard let key = body.firstRange(of: #""access_token":""#) else { return nil }
        return body[key.upperBound...].prefix { $0 != "\"" }
    }
}

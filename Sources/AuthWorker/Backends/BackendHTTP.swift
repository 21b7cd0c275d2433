internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// What back-ends ask over HTTP: identity providers and plugins.
///
/// One client for the process, HTTP/1.1, certificates verified, no redirect followed, no proxy. It lives as long as the
/// process: a client that must be shut down would have to outlive its last request.
enum BackendHTTP {
    struct Question: Sendable {
        var url: String
        var method: HTTPMethod = .GET
        var headers: [(String, String)] = []
        var body: [UInt8]?
        /// What the peer's certificate is verified with; nil for the system's authorities.
        var trust: TLSConfiguration?
    }

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(30)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool = .init(idleTimeout: .seconds(30))
        // Who is down is said to be down at once, not at the end of the time.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    }()

    /// The URL by which the client reaches a unix socket.
    static func url(socket path: String, target: String) -> String {
        var host = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                host.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                host += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return "http+unix://\(host)\(target)"
    }

    /// - Parameters:
    ///   - time: until the last byte of the answer.
    ///   - limit: of the answer's body, in bytes.
    /// - Throws: what went wrong in words without URL or header, which may hold a secret.
    static func exchange(
        _ question: Question, within time: Duration, limit: Int
    ) async throws(BackendFailure) -> Answer {
        var request = HTTPClientRequest(url: question.url)
        request.method = question.method
        request.tlsConfiguration = question.trust
        for (name, value) in question.headers { request.headers.add(name: name, value: value) }
        if let body = question.body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(request, deadline: .now() + TimeAmount(time))
            let body = try await response.body.collect(upTo: limit)
            return Answer(
                status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
        } catch {
            throw BackendFailure(problem: words(error), isOutage: true)
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case is NIOTooManyBytesError: "its answer is too long"
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout:
                BackendFailure.late.problem
            case .remoteConnectionClosed: "it closed the connection"
            default: error.shortDescription
            }
        case is NIOConnectionError, is IOError: "it cannot be reached"
        default: "the request failed (\(type(of: error)))"
        }
    }
}

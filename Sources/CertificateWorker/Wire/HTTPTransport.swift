import AsyncHTTPClient
import BundleConfig
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Requests over HTTPS: certificates verified, no redirect followed, no proxy, nothing sent twice by itself.
///
/// The client lives as long as the process: one that must be shut down would have to outlive its last request.
struct HTTPTransport: ACMETransport {
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(30)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool = .init(idleTimeout: .seconds(5))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    }()
    /// An answer's body; chains of certificates have some kilobytes.
    private static let limit = 1 << 20
    private static let deadline: TimeAmount = .seconds(60)

    private let trust: TLSConfiguration

    /// - Parameter authorities: PEM; nil for the system's.
    /// - Throws: for what is no PEM.
    init(trusting authorities: String?) throws(ConfigurationError) {
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.minimumTLSVersion = .tlsv12
        if let authorities {
            do {
                let certificates = try NIOSSLCertificate.fromPEMBytes(Array(authorities.utf8))
                guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
                trust.trustRoots = .certificates(certificates)
            } catch {
                throw ConfigurationError(
                    key: "trust", problem: "holds no certificate that can be used",
                    remedy: "Give the PEM of the directory's authority")
            }
        }
        self.trust = trust
    }

    func exchange(_ question: ACMERequest) async throws(ACMEFailure) -> ACMEResponse {
        var request = HTTPClientRequest(url: question.url)
        request.method = HTTPMethod(rawValue: question.method.rawValue)
        request.tlsConfiguration = trust
        request.headers = ["User-Agent": "dockmaster-acme", "Accept-Language": "en"]
        if let accept = question.accept { request.headers.add(name: "Accept", value: accept) }
        if question.method == .post {
            request.headers.add(name: "Content-Type", value: "application/jose+json")
            request.body = .bytes(ByteBuffer(bytes: question.body))
        }
        do {
            let response = try await Self.client.execute(request, deadline: .now() + Self.deadline)
            let body = try await response.body.collect(upTo: Self.limit)
            return ACMEResponse(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                body: Array(body.readableBytesView))
        } catch {
            throw .unreachable(Self.words(error))
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case is NIOTooManyBytesError: "its answer is too long"
        case let error as HTTPClientError: words(error)
        case let error as NIOConnectionError: words(error)
        case let error as IOError: words(of: error)
        case is NIOSSLExtraError: "its certificate is not for this host"
        case let error as NIOSSLError: "the TLS handshake failed: \(error)"
        case is CancellationError: "the attempt was given up"
        default: "the attempt failed (\(type(of: error)))"
        }
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil, error.dnsAAAAError != nil { return "\(error.host) cannot be resolved" }
        let cause = error.connectionErrors.lazy.compactMap { $0.error as? IOError }.first
        return "\(error.host) port \(error.port) cannot be reached" + (cause.map { ": \(words(of: $0))" } ?? "")
    }

    private static func words(of error: IOError) -> String { String(cString: strerror(error.errnoCode)).lowercased() }

    private static func words(_ error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout, .writeTimeout:
            "it did not answer in time"
        case .remoteConnectionClosed: "it closed the connection"
        case .cancelled: "the attempt was given up"
        default: error.shortDescription
        }
    }
}

import AsyncHTTPClient
import BundleConfig
import NIOCore
import NIOPosix
import NIOSSL

/// The one HTTP client of the process, for what it asks of others: HTTP/1.1, certificates verified, no redirect followed by
/// itself (whoever asks decides which header goes where), no proxy, no decompression.
///
/// It lives as long as the process: a client that must be shut down would have to outlive its last request.
enum OutboundClient {
    static let shared: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool = .init(idleTimeout: .seconds(30))
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    }()

    /// What a certificate is verified with.
    /// - Parameter authority: the path of a PEM bundle that is trusted in the system's place; nil for the system's.
    /// - Throws: when the bundle cannot be used.
    static func trust(_ authority: ConfigurationNode?) throws(ConfigurationError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        guard let authority, !authority.isNull else { return configuration }
        let path = try authority.string()
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(path)
            guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            configuration.trustRoots = .certificates(certificates)
        } catch {
            throw authority.refused(
                "\(path) cannot be used: it is not there, not readable, or holds no certificate",
                remedy: "Name a PEM file with the authority's certificate")
        }
        return configuration
    }
}

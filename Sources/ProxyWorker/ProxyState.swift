import BundleConfig
import NIOCore

/// Everything that a request needs of one configuration: made in full before it is used, never changed afterwards.
///
/// A reload makes another one; requests that run keep theirs.
final class ProxyState: Sendable {
    /// What a route leads to.
    enum Target: Sendable {
        case upstream(Upstream)
        case documents(DocumentRoot)
        case redirect(String)
    }

    let configuration: ProxyConfiguration
    let routes: RouteTable
    /// One for each entry of `routes`.
    let targets: [Target]
    let upstreams: [Upstream]
    /// Nil without certificates.
    let certificates: CertificateStore?
    let httpsRedirect: HTTPSRedirect
    let responseHeaders: ResponseHeaders
    let http1: HTTP1Limits
    let connectTimeout: TimeAmount
    let responseTimeout: TimeAmount
    let idleTimeout: TimeAmount
    let handshakeTimeout: TimeAmount

    /// - Throws: a `ConfigurationError` for a certificate, key or socket that cannot be used.
    init(_ configuration: ProxyConfiguration) throws {
        self.configuration = configuration
        let upstreams = try configuration.upstreams.map(Upstream.init)
        let routes = RouteTable(configuration.routes)
        targets = try routes.entries.map { entry throws(ConfigurationError) in
            let route = entry.route
            if let name = route.upstream, let upstream = upstreams.first(where: { $0.name == name }) {
                return .upstream(upstream)
            }
            if let docroot = route.docroot { return .documents(DocumentRoot(path: docroot)) }
            if let redirect = route.redirect { return .redirect(redirect) }
            throw ConfigurationError(
                key: "routes", problem: "the route \(route.prefix) leads nowhere",
                remedy: "Give it an upstream that is listed, a docroot or a redirect")
        }
        self.upstreams = upstreams
        self.routes = routes
        certificates =
            configuration.certificates.isEmpty
            ? nil : try CertificateStore(configuration.certificates, clients: configuration.clientCertificates)
        httpsRedirect = HTTPSRedirect(
            domain: configuration.domain,
            names: configuration.certificates.flatMap(\.names) + configuration.routes.flatMap(\.hosts),
            port: configuration.httpsPort)
        responseHeaders = ResponseHeaders(hsts: configuration.hsts)
        http1 = HTTP1Limits(configuration.limits)
        connectTimeout = TimeAmount(configuration.limits.connectTimeout)
        responseTimeout = TimeAmount(configuration.limits.responseTimeout)
        idleTimeout = TimeAmount(configuration.limits.idleTimeout)
        handshakeTimeout = TimeAmount(configuration.limits.handshakeTimeout)
    }
}

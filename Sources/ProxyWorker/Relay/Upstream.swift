import BundleConfig
import NIOCore

/// Who answers a route's requests: one socket, or several that stand for each other.
struct Upstream: Sendable, Hashable {
    let name: String
    /// They take turns, in this order.
    let endpoints: [UpstreamEndpoint]
    /// Asked while none of `endpoints` is there.
    let backups: [UpstreamEndpoint]
    /// How often each of several is asked how it is.
    let healthInterval: TimeAmount

    var everyEndpoint: [UpstreamEndpoint] { endpoints + backups }

    /// Whether one may answer for another.
    var hasSeveral: Bool { endpoints.count + backups.count > 1 }

    /// - Throws: a `ConfigurationError` when a socket is neither an absolute path nor `host:port`.
    init(_ configured: ProxyConfiguration.Upstream) throws(ConfigurationError) {
        name = configured.name
        func endpoint(_ socket: String) throws(ConfigurationError) -> UpstreamEndpoint {
            try UpstreamEndpoint(socket, of: configured)
        }
        endpoints = try configured.sockets.map(endpoint)
        backups = try configured.backups.map(endpoint)
        healthInterval = TimeAmount(configured.healthInterval)
    }
}

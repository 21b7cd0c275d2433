import BundleConfig
import NIOCore

/// What the HTTP/1 codec needs of the proxy's limits.
struct HTTP1Limits: Sendable, Equatable {
    var headers: Int
    /// 0 sets no limit.
    var body: Int
    var headerTimeout: TimeAmount
    var idleTimeout: TimeAmount

    init(_ limits: ProxyLimits) {
        headers = limits.headers.bytes
        body = limits.body.bytes
        headerTimeout = TimeAmount(limits.headerTimeout)
        idleTimeout = TimeAmount(limits.idleTimeout)
    }
}

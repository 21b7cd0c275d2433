/// `proxy:` read: what of the proxy is configured, over the defaults of a registry.
struct ProxySettings: Sendable, Equatable {
    var redirect = true
    var hsts: Duration? = .seconds(63_072_000)
    /// nil: the three routes of a registry.
    var routes: [ProxyConfiguration.Route]?
    /// Beside auth and registry.
    var upstreams: [ProxyConfiguration.Upstream] = []
    /// The folder behind `/`; nil: `<data>/data/www`.
    var docroot: String?
    var limits = ProxyLimits()
    /// Response headers of every route.
    var headers: [String: String] = [:]
    var logLevel = "info"
    var addresses = AddressRules()
    /// What pushes are told, and what everybody is: nil when they are served.
    var readOnly: String?
    var maintenance: String?
    /// Where `/metrics` is served beside the administrators' socket.
    var metrics: String?
}

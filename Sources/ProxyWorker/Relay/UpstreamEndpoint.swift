import BundleConfig

/// Where an upstream listens, or one of its servers.
struct UpstreamEndpoint: Sendable, Hashable {
    enum Address: Sendable, Hashable {
        case unix(String)
        case tcp(host: String, port: Int)
    }

    /// The upstream's name.
    var name: String
    /// As it is configured: a path, or `host:port`.
    var socket: String
    var address: Address
    /// The path that answers 200 when it is ready.
    var health: String

    /// - Throws: a `ConfigurationError` when the socket is neither an absolute path nor `host:port`.
    init(_ socket: String, of upstream: ProxyConfiguration.Upstream) throws(ConfigurationError) {
        name = upstream.name
        self.socket = socket
        health = upstream.health
        if socket.hasPrefix("/") {
            guard socket.utf8.count <= 107 else {
                throw ConfigurationError(
                    key: "upstreams.\(upstream.name).socket",
                    problem: "is longer than a unix socket's path may be (107 bytes)",
                    remedy: "Use a shorter run folder")
            }
            address = .unix(socket)
            return
        }
        guard let colon = socket.lastIndex(of: ":"), colon > socket.startIndex,
            let port = Int(socket[socket.index(after: colon)...]), (1...65_535).contains(port)
        else {
            throw ConfigurationError(
                key: "upstreams.\(upstream.name).socket", problem: "\(socket) is neither a path nor host:port",
                remedy: "Write /run/dockmaster/x.sock or 127.0.0.1:5000")
        }
        var host = socket[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        address = .tcp(host: String(host), port: port)
    }
}

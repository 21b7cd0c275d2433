internal import BundleConfig
internal import NIOSSL

/// `redis_token_db: {redis_options: {addr, username, password, db}}`.
struct RedisSettings: Sendable {
    enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    var address: Address
    /// Empty for Redis's own default user.
    var user: String
    var password: Secret
    var database: Int
    /// Nil without TLS.
    var trust: TLSConfiguration?
    var time: Duration = .seconds(5)

    /// Nil when refused.
    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        reading.check(node, knows: ["redis_options", "redis_cluster_options", "token_hash_cost"])
        if let value = node["redis_cluster_options"], !value.isNull {
            reading.refuse(
                value.refused("is not served: Dockmaster speaks to one Redis", remedy: "Write redis_options"))
            return nil
        }
        guard let options = node["redis_options"], options.isMapping else {
            reading.refuse(
                node.refused("names no Redis", remedy: "Add redis_options: {addr: \"127.0.0.1:6379\", password: …}"))
            return nil
        }
        reading.check(
            options,
            knows: [
                "addr", "network", "username", "password", "db", "tls", "ca_certificate", "dialtimeout", "poolsize",
            ])
        let address = Self.address(options, reading: &reading)
        user = reading.text("username", of: options) ?? ""
        password = Secret(reading.text("password", of: options) ?? "")
        database = reading.number("db", of: options, default: 0, within: 0...65_535)
        let authority = reading.authority(options)
        if reading.flag("tls", of: options) {
            var trust = TLSConfiguration.makeClientConfiguration()
            if let authority { trust.trustRoots = .file(authority) }
            self.trust = trust
        } else if case .tcp(let host, _) = address, !["127.0.0.1", "localhost", "::1"].contains(host) {
            reading.warn(
                options.refused(
                    "is without TLS: tokens and hashes cross the network in the clear", remedy: "Add tls: true"))
        }
        guard let address, reading.errors.count == before else { return nil }
        self.address = address
    }

    private static func address(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> Address? {
        let text = reading.text("addr", of: node) ?? "localhost:6379"
        if reading.text("network", of: node) == "unix" { return .unix(path: text) }
        var host = text[...]
        var port: Int? = 6_379
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            host = text[..<colon]
            port = UInt16(text[text.index(after: colon)...]).map(Int.init)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, !host.isEmpty else {
            reading.refuse(
                (node["addr"] ?? node).refused("is no address: \"\(text)\"", remedy: "Write HOST:PORT"))
            return nil
        }
        return .tcp(host: String(host), port: port)
    }
}

import BundleConfig
import HTTPService

/// `http`: where the registry is served, and how its answers look.
extension RegistryConfigurationReader {
    mutating func readHTTP(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(
            node,
            [
                "addr", "net", "prefix", "host", "secret", "relativeurls", "headers", "tls", "debug", "http2", "h2c",
                "draintimeout",
            ])
        read(node, "prefix", Self.prefix) { $0.pathPrefix = $1 }
        read(node, "draintimeout", { (node) throws(ConfigurationError) in try node.duration() }) { $0.drainTime = $1 }
        attempt { (node) throws(ConfigurationError) in
            try Self.address(node["addr"] ?? node, try node.string("addr") ?? ":5000", net: node)
        } with: {
            node
        } then: {
            $0.address = $1
        }
        attempt { (node) throws(ConfigurationError) -> String in
            guard try node.bool("relativeurls") != true, let host = try node.string("host"), !host.isEmpty else {
                return ""
            }
            guard host.hasPrefix("http://") || host.hasPrefix("https://"),
                host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
            else {
                throw (node["host"] ?? node).refused(
                    "is no URL", remedy: "Write it with its scheme, such as https://registry.example.test")
            }
            return host.hasSuffix("/") ? String(host.dropLast()) : host
        } with: {
            node
        } then: {
            $0.locationPrefix = $1
        }
        attempt { (node) throws(ConfigurationError) in
            try Self.headers(node["headers"])
        } with: {
            node
        } then: {
            $0.headers = $1
        }
        readDebug(node["debug"])
    }

    private mutating func readDebug(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["addr", "prometheus"])
        if let part = node["prometheus"], !part.isNull { known(part, ["enabled", "path"]) }
        attempt { (node) throws(ConfigurationError) -> DebugSettings? in
            guard let text = try node.string("addr") else { return nil }
            let place = node["addr"] ?? node
            let address = text.hasPrefix("/") ? .unix(path: text) : try Self.address(place, text, net: nil)
            guard address.isPrivate else {
                throw place.refused(
                    "\(text) is open to others", remedy: "Write 127.0.0.1:PORT, or the path of a unix socket")
            }
            var path: String?
            if let prometheus = node["prometheus"], try prometheus.bool("enabled") == true {
                path = try prometheus.string("path") ?? "/metrics"
            }
            return DebugSettings(address: address, metricsPath: path)
        } with: {
            node
        } then: {
            $0.debug = $1
        }
    }

    static func headers(
        _ node: ConfigurationNode?
    ) throws(ConfigurationError) -> [RegistryConfiguration.Header] {
        var headers: [RegistryConfiguration.Header] = []
        for (name, values) in try node?.mapping() ?? [] {
            for value in try values.isSequence ? values.strings() : [values.string()] {
                headers.append(RegistryConfiguration.Header(name: name, value: value))
            }
        }
        return headers
    }

    /// `/registry/` as `/registry`; `/` and nothing as nothing.
    private static func prefix(_ node: ConfigurationNode) throws(ConfigurationError) -> String {
        var text = Substring(try node.string())
        while text.last == "/" { text.removeLast() }
        guard !text.isEmpty else { return "" }
        let isPath = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "/-._~".utf8.contains(byte)
        }
        guard isPath, text.hasPrefix("/") else {
            throw node.refused("\(text) is no prefix of a path", remedy: "Begin it with /, such as /registry/")
        }
        return String(text)
    }

    /// `127.0.0.1:5000`, `:5000`, or with `net: unix` a path.
    private static func address(
        _ place: ConfigurationNode, _ text: String, net node: ConfigurationNode?
    ) throws(ConfigurationError) -> ListenAddress {
        let net = try node?.string("net") ?? "tcp"
        if net == "unix" { return .unix(path: text) }
        guard ["tcp", "tcp4", "tcp6", ""].contains(net) else {
            throw (node?["net"] ?? place).refused("is \(net)", remedy: "Use tcp or unix")
        }
        guard let (host, port) = hostAndPort(text) else {
            throw place.refused("\(text) is no address", remedy: "Write it as HOST:PORT, or set net: unix")
        }
        return .tcp(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }

    static func hostAndPort(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { return (String(host.dropFirst().dropLast()), port) }
        return (String(host), port)
    }
}

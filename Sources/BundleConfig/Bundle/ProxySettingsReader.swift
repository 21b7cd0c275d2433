/// Reads `proxy:`.
struct ProxySettingsReader {
    static let keys = [
        "listen", "redirect", "hsts", "routes", "upstreams", "docroot", "limits", "timeouts", "headers", "log_level",
        "allow", "deny", "read_only", "maintenance", "metrics",
    ]
    static let logLevels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
    private static let timeouts = ["header", "idle", "handshake", "connect", "response"]
    private static let workers = ["auth", "registry"]

    let options: BundleOptions
    private(set) var settings = ProxySettings()
    private(set) var listeners: [ProxyConfiguration.Listener] = []
    private(set) var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()

    init(options: BundleOptions) {
        self.options = options
    }

    mutating func read(_ node: ConfigurationNode) {
        problems.attempt { _ = try node.mapping() }
        problems.add(node.unknownKeys(Self.keys))
        problems.attempt {
            settings.redirect = try node.bool("redirect") ?? settings.redirect
            settings.hsts = try hsts(node)
            settings.docroot = try docroot(node)
            settings.headers = try Self.headers(node["headers"])
            settings.logLevel = try logLevel(node) ?? settings.logLevel
        }
        problems.attempt { settings.limits = try limits(node) }
        problems.attempt { settings.addresses = try AddressRules(node) }
        problems.attempt { settings.readOnly = try ProxySentence.readOnly(node["read_only"]) }
        problems.attempt { settings.maintenance = try ProxySentence.maintenance(node["maintenance"]) }
        problems.attempt { settings.metrics = try metrics(node) }
        problems.attempt { settings.upstreams = try upstreams(node["upstreams"]) }
        problems.attempt { settings.routes = try routes(node["routes"]) }
        problems.attempt { listeners = try listeners(node["listen"]) }
    }

    private func hsts(_ node: ConfigurationNode) throws -> Duration? {
        guard let value = node["hsts"], !value.isNull else { return settings.hsts }
        if let text = try? value.string(), ["false", "no", "off"].contains(text.lowercased()) { return nil }
        return try value.duration()
    }

    private func docroot(_ node: ConfigurationNode) throws -> String? {
        guard let path = try node.string("docroot"), let value = node["docroot"] else { return nil }
        guard path.hasPrefix("/") else {
            throw value.refused("must be an absolute path", remedy: "Begin it with /")
        }
        return FilePath.absolute(path, from: "/")
    }

    private func metrics(_ node: ConfigurationNode) throws -> String? {
        guard let text = try node.string("metrics"), let value = node["metrics"] else { return nil }
        let colon = text.lastIndex(of: ":")
        let host = colon.map { text[..<$0].trimmingPrefix("[") }.map { $0.hasSuffix("]") ? $0.dropLast() : $0 }
        let port = colon.flatMap { Int(text[text.index(after: $0)...]) }
        guard let host, HostName.bytes(of: String(host)) != nil, let port, (1...65_535).contains(port) else {
            throw value.refused("\(text) is not an address with a port", remedy: "Write one such as 127.0.0.1:9113")
        }
        return text
    }

    private func logLevel(_ node: ConfigurationNode) throws -> String? {
        guard let level = try node.string("log_level"), let value = node["log_level"] else { return nil }
        guard Self.logLevels.contains(level) else {
            throw value.refused(
                "\(level) is not a level", remedy: "Write one of \(Self.logLevels.joined(separator: ", "))")
        }
        return level
    }

    private func limits(_ node: ConfigurationNode) throws -> ProxyLimits {
        var limits = try node["limits"].map { $0.isNull ? ProxyLimits() : try ProxyLimits($0) } ?? ProxyLimits()
        guard let times = node["timeouts"], !times.isNull else { return limits }
        _ = try times.mapping()
        try times.refuseUnknownKeys(Self.timeouts)
        limits.headerTimeout = try ProxyLimits.timeout(times["header"]) ?? limits.headerTimeout
        limits.idleTimeout = try ProxyLimits.timeout(times["idle"]) ?? limits.idleTimeout
        limits.handshakeTimeout = try ProxyLimits.timeout(times["handshake"]) ?? limits.handshakeTimeout
        limits.connectTimeout = try ProxyLimits.timeout(times["connect"]) ?? limits.connectTimeout
        limits.responseTimeout = try ProxyLimits.timeout(times["response"]) ?? limits.responseTimeout
        return limits
    }

    private func upstreams(_ node: ConfigurationNode?) throws -> [ProxyConfiguration.Upstream] {
        try (node?.sequence() ?? []).map { element in
            let upstream = try ProxyConfiguration.Upstream(element)
            guard !Self.workers.contains(upstream.name) else {
                throw element.refused("takes the name of a worker of the bundle", remedy: "Rename it")
            }
            return upstream
        }
    }

    private mutating func routes(_ node: ConfigurationNode?) throws -> [ProxyConfiguration.Route]? {
        guard let node, !node.isNull else { return nil }
        let known = Self.workers + settings.upstreams.map(\.name)
        var routes: [ProxyConfiguration.Route] = []
        for element in try node.sequence() {
            let route = try ProxyConfiguration.Route(element)
            if let name = route.upstream, !known.contains(name) {
                throw (element["upstream"] ?? element).refused(
                    "names an upstream that is not there", remedy: "Known upstreams: \(known.joined(separator: ", "))")
            }
            _ = try Self.headers(element["headers"])
            routes.append(route)
        }
        for worker in Self.workers where !routes.contains(where: { $0.upstream == worker }) {
            warnings.append(
                node.refused(
                    "replaces the built-in routes and leads nowhere to \(worker)",
                    remedy:
                        "Add {prefix: \(worker == "auth" ? "/authserver/, strip: true" : "/v2/"), upstream: \(worker)}")
            )
        }
        return routes
    }

    private static func headers(_ node: ConfigurationNode?) throws -> [String: String] {
        var headers: [String: String] = [:]
        for (name, node) in try node?.mapping() ?? [] {
            let value = try node.string()
            let token = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
            guard token, !name.isEmpty else {
                throw node.refused("is not a header's name", remedy: "Use letters, digits and hyphens")
            }
            guard !value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                throw node.refused("holds a line break", remedy: "Write it on one line")
            }
            headers[name] = value
        }
        return headers
    }
}

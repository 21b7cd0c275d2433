// The pillar's keys that become sections of a bundle's document.

extension PillarReader {
    private static let realmTemplate = "https://{domain}/authserver/auth"
    /// nginx's error_log levels.
    private static let nginxLevels = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"]
    private static let mailLevels = ["panic", "fatal", "error", "warn", "info", "debug"]

    /// Nests a node: `wrap(node, "a", "b")` is `{a: {b: node}}`.
    private func wrap(_ node: ConfigurationNode, _ keys: String...) -> ConfigurationNode {
        keys.reversed().reduce(node) { .mapping([($1, $0)]) }
    }

    /// `auth_server.{issuer, expiration}`.
    func authSection(_ data: ConfigurationNode) -> ConfigurationNode {
        guard let server = data["auth_server"], server.isMapping else { return .null }
        let pairs = ["issuer", "expiration"].compactMap { key in
            server[key].flatMap { $0.isNull ? nil : (key, $0) }
        }
        return pairs.isEmpty ? .null : wrap(.mapping(pairs), "token")
    }

    /// `registry.*`, `images`, and `auth_server.{service, realm}`.
    mutating func registrySection(_ data: ConfigurationNode, original: ConfigurationNode) -> ConfigurationNode {
        var result = ConfigurationNode.mapping([])
        if let images = absolute(data["images"]) {
            result = result.merging(wrap(images, "storage", "filesystem", "rootdirectory"))
        }
        if let server = data["auth_server"] {
            problems.attempt { _ = try server.mapping() }
            problems.add(server.unknownKeys(["expiration", "issuer", "service", "realm"]))
            if let service = server["service"], !service.isNull {
                result = result.merging(wrap(service, "auth", "token", "service"))
            }
            // The sample's own realm means the default, which knows the port.
            let written = original["auth_server"]?["realm"].flatMap { try? $0.string() }
            if let realm = server["realm"], !realm.isNull, written != Self.realmTemplate {
                result = result.merging(wrap(realm, "auth", "token", "realm"))
            }
        }
        guard let registry = data["registry"], !registry.isNull else { return result }
        problems.attempt { _ = try registry.mapping() }
        problems.add(registry.unknownKeys(["addr", "debug_addr", "purging", "level", "mail"]))
        if let level = registry["level"], !level.isNull { result = result.merging(wrap(level, "log", "level")) }
        if let address = registry["debug_addr"], !address.isNull {
            result = result.merging(wrap(address, "http", "debug", "addr"))
        }
        if let purging = registry["purging"], !purging.isNull {
            problems.attempt { _ = try purging.bool() }
            result = result.merging(wrap(purging, "storage", "maintenance", "uploadpurging", "enabled"))
        }
        if let hook = problems.attempt({ try mailHook(registry["mail"]) }) ?? nil {
            result = result.merging(wrap(.list([hook]), "log", "hooks"))
        }
        return result
    }

    /// `www_dir`, `nginx_loglevel`.
    mutating func proxySection(_ data: ConfigurationNode) -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = []
        if let folder = absolute(data["www_dir"]) { pairs.append(("docroot", folder)) }
        if let node = data["nginx_loglevel"], !node.isNull, let level = problems.attempt({ try node.string() }) {
            switch level {
            case "debug":
                var debug = node
                debug.value = .scalar("debug", plain: false)
                pairs.append(("log_level", debug))
            case let level where Self.nginxLevels.contains(level):
                // It filtered nginx's error log alone. The proxy's one log also has the accesses: it stays at info.
                break
            default:
                problems.add([
                    node.refused(
                        "\(level) is not a level of nginx",
                        remedy: "Write one of \(Self.nginxLevels.joined(separator: ", "))")
                ])
            }
        }
        return .mapping(pairs)
    }

    /// A path's node; nil, and the reason kept, when it is not absolute.
    private func absolute(_ node: ConfigurationNode?) -> ConfigurationNode? {
        guard let node, !node.isNull, let path = problems.attempt({ try node.string() }) else { return nil }
        if path.hasPrefix("/") { return node }
        // One that begins with an unknown placeholder was refused for that.
        if !path.hasPrefix("{") {
            problems.add([node.refused("must be an absolute path", remedy: "Begin it with / or {data_root}")])
        }
        return nil
    }

    /// `registry.mail` as one of distribution's log hooks; nil while it is disabled, as in the sample.
    private mutating func mailHook(_ mail: ConfigurationNode?) throws -> ConfigurationNode? {
        guard let mail, !mail.isNull else { return nil }
        _ = try mail.mapping()
        try mail.refuseUnknownKeys(["levels", "smtp", "from", "to"])
        guard let smtp = mail["smtp"], try !(smtp.bool("disabled") ?? true) else { return nil }
        try smtp.refuseUnknownKeys(["disabled", "smtp"])
        guard let server = smtp["smtp"], try server.string("addr") != nil else {
            throw smtp.refused(
                "is enabled without a mail server", remedy: "Set smtp.addr to HOST:PORT, or disabled: true")
        }
        try server.refuseUnknownKeys(["addr", "username", "password", "insecure"])
        for level in try mail.strings("levels") ?? [] where !Self.mailLevels.contains(level) {
            throw (mail["levels"] ?? mail).refused(
                "\(level) is not a level", remedy: "Write one of \(Self.mailLevels.joined(separator: ", "))")
        }
        guard let from = mail["from"], let to = mail["to"], try !to.strings().isEmpty else {
            throw mail.refused("lacks from or to", remedy: "Give the sender and the receivers, or smtp.disabled: true")
        }
        return .mapping([
            ("type", .string("mail")), ("disabled", .bool(false)),
            ("levels", mail["levels"] ?? .list([.string("panic")])),
            ("options", .mapping([("smtp", server), ("from", from), ("to", to)])),
        ])
    }
}

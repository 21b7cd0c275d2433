import BundleConfig

/// `health`: what is looked at while the registry runs.
extension RegistryConfigurationReader {
    mutating func readHealth(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["storagedriver", "file", "http", "tcp"])
        if let storage = node["storagedriver"], !storage.isNull {
            known(storage, ["enabled", "interval", "threshold"])
            attempt { (node) throws(ConfigurationError) -> HealthSettings.Check? in
                try node.bool("enabled") == true ? try Self.check(node, .storage) : nil
            } with: {
                storage
            } then: { configuration, check in
                if let check { configuration.health.checks.append(check) }
            }
        }
        readChecks(node["file"], ["file", "interval", "threshold"]) { (node) throws(ConfigurationError) in
            .file(try Self.required(node, "file"))
        }
        readChecks(node["http"], ["uri", "timeout", "interval", "threshold", "statuscode", "headers"]) {
            (node) throws(ConfigurationError) in
            let uri = try Self.required(node, "uri")
            guard uri.hasPrefix("http://") || uri.hasPrefix("https://") else {
                throw (node["uri"] ?? node).refused("is no http URL", remedy: "Begin it with http:// or https://")
            }
            return .http(
                uri: uri, status: try node.integer("statuscode") ?? 200, headers: try Self.headers(node["headers"]))
        }
        readChecks(node["tcp"], ["addr", "timeout", "interval", "threshold"]) { (node) throws(ConfigurationError) in
            let text = try Self.required(node, "addr")
            guard let (host, port) = Self.hostAndPort(text), !host.isEmpty else {
                throw (node["addr"] ?? node).refused("\(text) is no address", remedy: "Write it as HOST:PORT")
            }
            return .tcp(host: host, port: port)
        }
    }

    private mutating func readChecks(
        _ node: ConfigurationNode?, _ keys: [String],
        _ subject: (ConfigurationNode) throws(ConfigurationError) -> HealthSettings.Subject
    ) {
        guard let node, !node.isNull else { return }
        do throws(ConfigurationError) {
            for entry in try node.sequence() {
                known(entry, keys)
                configuration.health.checks.append(try Self.check(entry, try subject(entry)))
            }
        } catch {
            errors.append(error)
        }
    }

    private static func check(
        _ node: ConfigurationNode, _ subject: HealthSettings.Subject
    ) throws(ConfigurationError) -> HealthSettings.Check {
        var check = HealthSettings.Check(subject: subject)
        if let part = node["interval"], !part.isNull { check.interval = try positive(part) }
        if let part = node["timeout"], !part.isNull { check.timeout = try positive(part) }
        if let part = node["threshold"], !part.isNull {
            let number = try part.integer()
            guard number >= 0 else { throw part.refused("is negative", remedy: "Give it a number from 1 up") }
            check.threshold = max(1, number)
        }
        return check
    }

    private static func required(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> String {
        guard let text = try node.string(key), !text.isEmpty else {
            throw node.refused("needs \(key)", remedy: "Write \(node.path).\(key)")
        }
        return text
    }
}

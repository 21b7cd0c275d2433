import BundleConfig
import BundleLog
import Logging

/// Reads distribution's config.yml part by part, gathering every problem before it gives up.
struct RegistryConfigurationReader {
    var configuration = RegistryConfiguration()
    var errors: [ConfigurationError] = []

    /// - Parameter environment: variables of which the `REGISTRY_…` ones are laid over the file.
    static func read(
        _ node: ConfigurationNode, environment: [String: String] = [:]
    ) throws(ConfigurationErrors) -> RegistryConfiguration {
        var reader = RegistryConfigurationReader()
        var overlay = EnvironmentOverlay()
        let whole = overlay.apply(environment, to: node)
        reader.errors += overlay.errors
        reader.configuration.warnings += overlay.warnings
        reader.root(whole)
        guard reader.errors.isEmpty else { throw ConfigurationErrors(reader.errors) }
        return reader.configuration
    }

    private mutating func root(_ node: ConfigurationNode) {
        guard node.isMapping else {
            errors.append(node.refused("is \(node.kind), not a mapping", remedy: "Give it distribution's config.yml"))
            return
        }
        known(
            node,
            [
                "version", "log", "loglevel", "storage", "auth", "http", "health", "middleware", "reporting",
                "notifications", "redis", "proxy", "compatibility", "policy", "validation", "catalog",
            ])
        attempt { (node) throws(ConfigurationError) in
            let version = try node["version"]?.string() ?? ""
            guard version.isEmpty || version == "0.1" else {
                throw node["version"]?.refused("is \(version)", remedy: "Write version: 0.1")
                    ?? node.refused("has an unknown version", remedy: "Write version: 0.1")
            }
        } with: {
            node
        }
        readLog(node["log"], level: node["loglevel"])
        readStorage(node["storage"]?.asChoice())
        readAuth(node["auth"]?.asChoice(), in: node)
        readHTTP(node["http"])
        readOutbound(node)
        readHealth(node["health"])
        readContent(node)
        readUnsupported(node)
        if let retention = node["policy"]?["retention"], !configuration.policy.retention.isEmpty,
            !configuration.collection.isEnabled
        {
            let place = [retention.file, retention.line.map(String.init)].compactMap(\.self).joined(separator: ":")
            configuration.warnings.append(
                "\(place.isEmpty ? "" : place + ": ")policy.retention is carried out by dockmaster gc alone: "
                    + "set storage.maintenance.gc.enabled for a schedule")
        }
    }

    /// What stands in the table of keys that have no place here.
    private mutating func readUnsupported(_ root: ConfigurationNode) {
        for (path, verdict) in UnsupportedKeys.table {
            var node: ConfigurationNode? = root
            for key in path.split(separator: Character(".")) { node = node?.asChoice()[String(key)] }
            guard let node else { continue }
            switch verdict {
            case .refused(let remedy):
                if !(node.isNull && path.hasPrefix("http")) {
                    errors.append(node.refused("is not supported", remedy: remedy))
                }
            case .ignored(let reason): if !node.isNull { ignore(node, reason) }
            }
        }
    }

    /// What the registry sends to others and asks of them: each part has a reader of its own.
    private mutating func readOutbound(_ node: ConfigurationNode) {
        do throws(ConfigurationErrors) {
            configuration.notifications = try NotificationReader.read(node["notifications"])
        } catch {
            errors += error.errors
        }
        do throws(ConfigurationErrors) {
            configuration.mails = try MailReader.read(node["log"]?["hooks"])
        } catch {
            errors += error.errors
        }
        do throws(ConfigurationErrors) {
            configuration.upstream = try ProxyReader.read(node["proxy"])
        } catch {
            errors += error.errors
        }
    }

    private mutating func readLog(_ node: ConfigurationNode?, level: ConfigurationNode?) {
        if let node {
            known(node, ["level", "formatter", "fields", "accesslog", "hooks", "reportcaller"])
        }
        guard let level = node?["level"] ?? level, !level.isNull else { return }
        attempt { (level) throws(ConfigurationError) in
            guard let parsed = Logger.Level(name: try level.string()) else {
                throw level.refused("is no log level", remedy: "Use error, warn, info or debug")
            }
            return parsed
        } with: {
            level
        } then: {
            $0.logLevel = $1
        }
    }
}

// MARK: - Gathering

extension RegistryConfigurationReader {
    mutating func known(_ node: ConfigurationNode, _ keys: [String]) {
        errors += node.unknownKeys(keys)
    }

    mutating func ignore(_ node: ConfigurationNode, _ reason: String) {
        let place = [node.file, node.line.map(String.init)].compactMap(\.self).joined(separator: ":")
        configuration.warnings.append("\(place.isEmpty ? "" : place + ": ")\(node.path) is ignored: \(reason)")
    }

    /// Reads one value of a mapping, when it is there.
    mutating func read<Value>(
        _ node: ConfigurationNode, _ key: String,
        _ value: (ConfigurationNode) throws(ConfigurationError) -> Value,
        then set: (inout RegistryConfiguration, Value) -> Void
    ) {
        guard let part = node[key], !part.isNull else { return }
        attempt(value, with: { part }, then: set)
    }

    mutating func attempt<Value>(
        _ body: (ConfigurationNode) throws(ConfigurationError) -> Value, with node: () -> ConfigurationNode,
        then set: (inout RegistryConfiguration, Value) -> Void = { _, _ in }
    ) {
        do throws(ConfigurationError) {
            set(&configuration, try body(node()))
        } catch {
            errors.append(error)
        }
    }

    static func positive(_ node: ConfigurationNode) throws(ConfigurationError) -> Duration {
        let duration = try node.duration()
        guard duration > .zero else { throw node.refused("is not positive", remedy: "Give it a time such as 24h") }
        return duration
    }

    static func count(_ node: ConfigurationNode) throws(ConfigurationError) -> Int {
        let number = try node.integer()
        guard number > 0 else { throw node.refused("is not positive", remedy: "Give it a number from 1 up") }
        return number
    }
}

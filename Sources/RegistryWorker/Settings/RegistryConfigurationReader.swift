import BundleConfig
import BundleLog
import HTTPService
import Logging

/// Reads distribution's config.yml part by part, gathering every problem before it gives up.
struct RegistryConfigurationReader {
    private var configuration = RegistryConfiguration()
    private var errors: [ConfigurationError] = []

    static func read(_ node: ConfigurationNode) throws(ConfigurationErrors) -> RegistryConfiguration {
        var reader = RegistryConfigurationReader()
        reader.root(node)
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
        readStorage(node["storage"])
        readAuth(node["auth"], in: node)
        readHTTP(node["http"])
        readOutbound(node)
        if let health = node["health"], !health.isNull {
            ignore(health, "the registry answers /healthz with the state of its storage")
        }
        if let proxy = node["proxy"], proxy["remoteurl"]?.isNull == false {
            errors.append(
                proxy.refused(
                    "asks for a pull-through cache, which is not there yet", remedy: "Remove it, or mirror by skopeo"))
        }
        let reasons = [
            "middleware": "there is no middleware", "reporting": "nothing is reported to third parties",
            "redis": "no cache of redis is needed",
            "compatibility": "schema 1 is not supported",
            "validation": "manifests are always validated, their URLs never fetched",
            "catalog": "the catalogue has pages of any length",
        ]
        if let classes = node["policy"]?["repository"], !classes.isNull {
            ignore(classes, "no repository classes are told apart")
        }
        for (key, reason) in reasons.sorted(by: { $0.key < $1.key }) {
            if let part = node[key], !part.isNull { ignore(part, reason) }
        }
    }

    /// What the registry sends to others and asks of them: each part has a reader of its own.
    private mutating func readOutbound(_ node: ConfigurationNode) {
        do throws(ConfigurationErrors) {
            configuration.notifications = try NotificationReader.read(node["notifications"])
        } catch {
            errors += error.errors
        }
    }

    private mutating func readLog(_ node: ConfigurationNode?, level: ConfigurationNode?) {
        if let node {
            known(node, ["level", "formatter", "fields", "accesslog", "hooks"])
            for key in ["formatter", "fields", "accesslog", "hooks"] {
                if let part = node[key], !part.isNull { ignore(part, "the bundle logs JSON lines in its own form") }
            }
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

    private mutating func readStorage(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(
            node,
            [
                "filesystem", "delete", "maintenance", "cache", "redirect", "tag", "inmemory", "s3", "s3aws", "azure",
                "gcs", "oss", "swift", "rados", "testdriver",
            ])
        for driver in ["inmemory", "s3", "s3aws", "azure", "gcs", "oss", "swift", "rados", "testdriver"] {
            if let part = node[driver] {
                errors.append(part.refused("is not supported", remedy: "Use storage.filesystem"))
            }
        }
        if let cache = node["cache"], !cache.isNull {
            ignore(cache, "manifests are cached in memory, checked on each use")
        }
        if let redirect = node["redirect"], !redirect.isNull { ignore(redirect, "the file system never redirects") }
        if let tag = node["tag"], !tag.isNull { ignore(tag, "there is nothing to tune") }
        if let filesystem = node["filesystem"], !filesystem.isNull {
            known(filesystem, ["rootdirectory", "maxthreads"])
            read(
                filesystem, "rootdirectory",
                { (node) throws(ConfigurationError) in
                    let path = try node.string()
                    guard path.hasPrefix("/") else {
                        throw node.refused("is not an absolute path", remedy: "Begin it with /")
                    }
                    return path
                }
            ) { $0.root = $1 }
        }
        if let delete = node["delete"], !delete.isNull {
            known(delete, ["enabled"])
            read(delete, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) {
                $0.isDeleteEnabled = $1
            }
        }
        readMaintenance(node["maintenance"])
    }

    private mutating func readMaintenance(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(node, ["uploadpurging", "readonly", "gc"])
        if let readOnly = node["readonly"], !readOnly.isNull {
            known(readOnly, ["enabled"])
            read(readOnly, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) { $0.isReadOnly = $1 }
        }
        guard let purge = node["uploadpurging"], !purge.isNull else { return }
        known(purge, ["enabled", "age", "interval", "dryrun"])
        read(purge, "age", { (node) throws(ConfigurationError) in try Self.positive(node) }) { $0.purge?.age = $1 }
        read(purge, "interval", { (node) throws(ConfigurationError) in try Self.positive(node) }) {
            $0.purge?.interval = $1
        }
        read(purge, "dryrun", { (node) throws(ConfigurationError) in try node.bool() }) { $0.purge?.isDryRun = $1 }
        read(purge, "enabled", { (node) throws(ConfigurationError) in try node.bool() }) { if !$1 { $0.purge = nil } }
    }

    private mutating func readAuth(_ node: ConfigurationNode?, in root: ConfigurationNode) {
        guard let node, !node.isNull else {
            errors.append(
                ConfigurationError(
                    file: root.file, key: "auth", problem: "is missing: everybody could push and delete",
                    remedy:
                        "Write auth.token with realm, service, issuer and rootcertbundle, or auth: {none: {}} to open it"
                ))
            return
        }
        known(node, ["token", "none", "htpasswd", "silly"])
        for kind in ["htpasswd", "silly"] {
            if let part = node[kind] { errors.append(part.refused("is not supported", remedy: "Use auth.token")) }
        }
        switch (node["token"], node["none"]) {
        case (let token?, nil): readToken(token)
        case (nil, .some): configuration.access = .none
        case (.some, .some):
            errors.append(node.refused("has both token and none", remedy: "Keep the one that is meant"))
        case (nil, nil):
            if errors.isEmpty { errors.append(node.refused("has no way of access", remedy: "Write auth.token")) }
        }
    }

    private mutating func readToken(_ node: ConfigurationNode) {
        known(
            node,
            [
                "realm", "service", "issuer", "rootcertbundle", "autoredirect", "autoredirectpath", "jwks",
                "signingalgorithms",
            ])
        for key in ["autoredirect", "autoredirectpath", "jwks", "signingalgorithms"] {
            if let part = node[key], !part.isNull { ignore(part, "realm and rootcertbundle decide") }
        }
        var texts: [String: String] = [:]
        for key in ["realm", "service", "issuer", "rootcertbundle"] {
            do throws(ConfigurationError) {
                guard let text = try node.string(key), !text.isEmpty else {
                    throw (node[key] ?? node).refused("needs \(key)", remedy: "Write auth.token.\(key)")
                }
                guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }) else {
                    throw (node[key] ?? node).refused("holds a quote or a control character", remedy: "Remove it")
                }
                texts[key] = text
            } catch {
                errors.append(error)
            }
        }
        guard let realm = texts["realm"], let service = texts["service"], let issuer = texts["issuer"],
            let path = texts["rootcertbundle"]
        else { return }
        guard let pem = RegistryConfiguration.read(path) else {
            errors.append(
                (node["rootcertbundle"] ?? node).refused(
                    "\(path) cannot be read", remedy: "Check the path and its permissions"))
            return
        }
        configuration.access = .token(
            RegistryConfiguration.TokenAccess(
                realm: realm, service: service, issuer: issuer, certificates: path, pem: pem))
    }

    private mutating func readHTTP(_ node: ConfigurationNode?) {
        guard let node, !node.isNull else { return }
        known(
            node,
            [
                "addr", "net", "prefix", "host", "secret", "relativeurls", "headers", "tls", "debug", "http2",
                "draintimeout",
            ])
        if let tls = node["tls"], !tls.isNull {
            errors.append(tls.refused("is not supported", remedy: "Let dockmaster-proxy terminate TLS"))
        }
        for (key, reason) in [
            ("debug", "there is no debug listener"), ("http2", "HTTP/2 is the proxy's"),
            ("draintimeout", "the supervisor's grace time decides"),
        ] {
            if let part = node[key], !part.isNull { ignore(part, reason) }
        }
        attempt { (node) throws(ConfigurationError) in
            guard let prefix = try node.string("prefix"), prefix != "/", !prefix.isEmpty else { return }
            throw node.refused("has the prefix \(prefix), which is not supported", remedy: "Remove http.prefix")
        } with: {
            node
        }
        attempt { (node) throws(ConfigurationError) in
            try Self.address(node)
        } with: {
            node
        } then: {
            $0.address = $1
        }
        attempt { (node) throws(ConfigurationError) -> String in
            guard try node.bool("relativeurls") != true, let host = try node.string("host"), !host.isEmpty else {
                return ""
            }
            return host.hasSuffix("/") ? String(host.dropLast()) : host
        } with: {
            node
        } then: {
            $0.locationPrefix = $1
        }
        attempt { (node) throws(ConfigurationError) -> [RegistryConfiguration.Header] in
            var headers: [RegistryConfiguration.Header] = []
            for (name, values) in try node["headers"]?.mapping() ?? [] {
                for value in try values.isSequence ? values.strings() : [values.string()] {
                    headers.append(RegistryConfiguration.Header(name: name, value: value))
                }
            }
            return headers
        } with: {
            node
        } then: {
            $0.headers = $1
        }
    }

    /// `addr: 127.0.0.1:5000`, `addr: :5000`, or with `net: unix` a path.
    private static func address(_ node: ConfigurationNode) throws(ConfigurationError) -> ListenAddress {
        let text = try node.string("addr") ?? ":5000"
        let place = node["addr"] ?? node
        let net = try node.string("net") ?? "tcp"
        if net == "unix" { return .unix(path: text) }
        guard ["tcp", "tcp4", "tcp6", ""].contains(net) else {
            throw (node["net"] ?? node).refused("is \(net)", remedy: "Use tcp or unix")
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw place.refused("\(text) is no address", remedy: "Write it as HOST:PORT, or set net: unix") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return .tcp(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }

    private static func positive(_ node: ConfigurationNode) throws(ConfigurationError) -> Duration {
        let duration = try node.duration()
        guard duration > .zero else { throw node.refused("is not positive", remedy: "Give it a time such as 24h") }
        return duration
    }
}

// MARK: - Gathering

extension RegistryConfigurationReader {
    private mutating func known(_ node: ConfigurationNode, _ keys: [String]) {
        errors += node.unknownKeys(keys)
    }

    private mutating func ignore(_ node: ConfigurationNode, _ reason: String) {
        let place = [node.file, node.line.map(String.init)].compactMap(\.self).joined(separator: ":")
        configuration.warnings.append("\(place.isEmpty ? "" : place + ": ")\(node.path) is ignored: \(reason)")
    }

    /// Reads one value of a mapping, when it is there.
    private mutating func read<Value>(
        _ node: ConfigurationNode, _ key: String,
        _ value: (ConfigurationNode) throws(ConfigurationError) -> Value,
        then set: (inout RegistryConfiguration, Value) -> Void
    ) {
        guard let part = node[key], !part.isNull else { return }
        attempt(value, with: { part }, then: set)
    }

    private mutating func attempt<Value>(
        _ body: (ConfigurationNode) throws(ConfigurationError) -> Value, with node: () -> ConfigurationNode,
        then set: (inout RegistryConfiguration, Value) -> Void = { _, _ in }
    ) {
        do throws(ConfigurationError) {
            set(&configuration, try body(node()))
        } catch {
            errors.append(error)
        }
    }
}

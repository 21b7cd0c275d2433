internal import BundleConfig
internal import HTTPService
internal import RegistryToken

extension AuthSettings {
    private static let ownKeys = ["server", "token", "users", "acl", "compat"]
    private static let serverKeys = [
        "addr", "net", "path_prefix", "real_ip_header", "real_ip_pos", "hsts", "certificate", "key", "letsencrypt",
        "tls_min_version", "tls_curve_preferences", "tls_cipher_suites",
    ]
    private static let tokenKeys = ["issuer", "expiration", "certificate", "key", "disable_legacy_key_id"]

    /// Reads the file at `path`, with the certificate and key that it names.
    /// - Parameter isCompatible: unknown keys are warnings (`--compat`, or `compat: true` in the file).
    /// - Throws: everything that is wrong with it.
    static func load(_ path: String, isCompatible: Bool = false) throws(ConfigurationErrors) -> AuthSettings {
        let root: ConfigurationNode
        do {
            root = try ConfigurationNode.parse(try TextFile.read(path), file: path)
        } catch let problem as TextFile.Problem {
            throw ConfigurationErrors([
                ConfigurationError(key: "", problem: problem.problem, remedy: problem.remedy)
            ])
        } catch let error as ConfigurationError {
            throw ConfigurationErrors([error])
        } catch {
            throw ConfigurationErrors([
                ConfigurationError(file: path, key: "", problem: "cannot be read", remedy: "Check the file")
            ])
        }
        return try AuthSettings(root, isCompatible: isCompatible)
    }

    init(_ root: ConfigurationNode, isCompatible: Bool = false) throws(ConfigurationErrors) {
        var reading = ConfigurationReading()
        guard root.isMapping || root.isNull else {
            throw ConfigurationErrors([
                root.refused("is \(root.kind), not a configuration", remedy: "Begin with server:, token:, users:, acl:")
            ])
        }
        reading.isCompatible =
            isCompatible || reading.attempt { () throws(ConfigurationError) in try root.bool("compat") } ?? false
        reading.check(root, knows: Self.ownKeys + BackendSections.keys)
        let server = Self.server(root, reading: &reading)
        let token = Self.token(root, reading: &reading)
        users = Self.users(root, reading: &reading)
        accessList = Self.accessList(root, reading: &reading)
        backends = BackendSections.read(root, reading: &reading)
        try reading.finish()
        guard let server, let token else { throw ConfigurationErrors(reading.errors) }
        self.server = server
        self.token = token
        warnings = reading.warnings.map(\.description)
    }

    private static func users(
        _ root: ConfigurationNode, reading: inout ConfigurationReading
    ) -> [(name: String, user: StaticUser)] {
        guard let node = root["users"], !node.isNull else {
            if BackendSections.signIn(root) { return [] }
            reading.refuse(
                (root["users"] ?? root).refused(
                    "names no way to sign in", remedy: "Add users: {…}; users: {} denies everyone"))
            return []
        }
        let entries = reading.attempt { () throws(ConfigurationError) in try node.mapping() } ?? []
        return entries.compactMap { entry in
            StaticUser(entry.value, reading: &reading).map { (entry.key, $0) }
        }
    }

    private static func accessList(
        _ root: ConfigurationNode, reading: inout ConfigurationReading
    ) -> AccessList {
        guard let node = root["acl"], !node.isNull else {
            if BackendSections.authorize(root) { return AccessList(rules: []) }
            reading.refuse(
                (root["acl"] ?? root).refused(
                    "names no access list", remedy: "Add acl: […]; acl: [] denies everything"))
            return AccessList(rules: [])
        }
        return AccessList(node, reading: &reading)
    }

    private static func server(
        _ root: ConfigurationNode, reading: inout ConfigurationReading
    ) -> Server? {
        let node = root["server"] ?? root
        if root["server"] != nil { reading.check(node, knows: serverKeys) }
        for key in [
            "certificate", "key", "letsencrypt", "tls_min_version", "tls_curve_preferences", "tls_cipher_suites",
        ] {
            guard let value = node[key], !value.isNull, root["server"] != nil else { continue }
            reading.refuse(
                value.refused(
                    "is not served: this worker speaks plain HTTP and the proxy terminates TLS",
                    remedy: "Remove it, and give the certificate to the proxy"))
        }
        guard root["server"] != nil,
            let text = reading.attempt({ () throws(ConfigurationError) in try node.string("addr") }), !text.isEmpty
        else {
            if reading.errors.isEmpty || root["server"] == nil || node["addr"] == nil {
                reading.refuse(node.refused("names no server.addr", remedy: "Add server: {addr: \"127.0.0.1:5001\"}"))
            }
            return nil
        }
        let prefix = reading.attempt { () throws(ConfigurationError) in try node.string("path_prefix") } ?? ""
        if !prefix.isEmpty, !prefix.hasPrefix("/"), let value = node["path_prefix"] {
            reading.refuse(value.refused("is no absolute path", remedy: "Let it begin with /"))
        }
        return Server(
            address: address(text, at: node, reading: &reading) ?? .unix(path: text), pathPrefix: prefix,
            realIPHeader: reading.attempt { () throws(ConfigurationError) in try node.string("real_ip_header") }
                .flatMap { $0.isEmpty ? nil : $0 },
            realIPPosition: whole("real_ip_pos", of: node, reading: &reading) ?? 0,
            hasHSTS: reading.attempt { () throws(ConfigurationError) in try node.bool("hsts") } ?? false)
    }

    private static func address(
        _ text: String, at node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> ListenAddress? {
        let network = reading.attempt { () throws(ConfigurationError) in try node.string("net") } ?? "tcp"
        switch network {
        case "unix":
            return .unix(path: text)
        case "tcp", "":
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 2, let port = UInt16(parts[parts.count - 1]) else {
                reading.refuse(
                    (node["addr"] ?? node).refused(
                        "is no address: \"\(text)\"", remedy: "Write it as 127.0.0.1:5001, :5001 or [::1]:5001"))
                return nil
            }
            var host = parts.dropLast().joined(separator: ":")
            if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
            return .tcp(host: host.isEmpty ? "::" : host, port: Int(port))
        default:
            reading.refuse(
                (node["net"] ?? node).refused("is neither tcp nor unix", remedy: "Write net: tcp or net: unix"))
            return nil
        }
    }

    private static func token(_ root: ConfigurationNode, reading: inout ConfigurationReading) -> Token? {
        guard let node = root["token"], node.isMapping else {
            reading.refuse(
                (root["token"] ?? root).refused(
                    "has no token section", remedy: "Add token: {issuer, expiration, certificate, key}"))
            return nil
        }
        reading.check(node, knows: tokenKeys)
        let issuer = reading.attempt { () throws(ConfigurationError) in try node.string("issuer") } ?? ""
        if issuer.isEmpty {
            reading.refuse(
                (node["issuer"] ?? node).refused(
                    "names no issuer", remedy: "Add the name that the registry has in auth.token.issuer"))
        }
        let lifetime = whole("expiration", of: node, reading: &reading) ?? 0
        if lifetime <= 0 || lifetime > 10 * 365 * 86_400 {
            reading.refuse(
                (node["expiration"] ?? node).refused(
                    "has the expiration \(lifetime): it must be a positive number of seconds",
                    remedy: "Write expiration: 900"))
        }
        guard let signer = signer(node, reading: &reading) else { return nil }
        return Token(issuer: issuer, lifetime: Int64(lifetime), signer: signer)
    }

    private static func signer(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> TokenSigner? {
        let certificate = file("certificate", of: node, reading: &reading)
        let key = file("key", of: node, reading: &reading)
        let isModern =
            reading.attempt { () throws(ConfigurationError) in try node.bool("disable_legacy_key_id") } ?? false
        guard let certificate, let key else { return nil }
        do throws(TokenKeyError) {
            return try TokenSigner(certificate: certificate, key: key, legacyKeyIdentifier: !isModern)
        } catch {
            let isAboutKey = error == .noKey || error == .badKey
            reading.refuse(
                (node[isAboutKey ? "key" : "certificate"] ?? node).refused(error.problem, remedy: error.remedy))
            return nil
        }
    }

    /// The text of the file that a key names.
    private static func file(
        _ key: String, of node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> String? {
        guard let value = node[key], !value.isNull else {
            reading.refuse(node.refused("has no \(key)", remedy: "Add the path of a PEM file"))
            return nil
        }
        guard let path = reading.attempt({ () throws(ConfigurationError) in try value.string() }) else { return nil }
        do throws(TextFile.Problem) {
            return try TextFile.read(path)
        } catch {
            reading.refuse(value.refused(error.problem, remedy: error.remedy))
            return nil
        }
    }

    /// A whole number that stands without quotes, as YAML's integers do.
    private static func whole(
        _ key: String, of node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> Int? {
        if let value = node[key], case .scalar(let text, plain: false) = value.value {
            reading.refuse(value.refused("is the text \"\(text)\"", remedy: "Write the number without quotes"))
            return nil
        }
        return reading.attempt { () throws(ConfigurationError) in try node.integer(key) }
    }
}

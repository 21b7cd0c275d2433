internal import BundleConfig
internal import HTTPService
internal import RegistryToken

extension AuthSettings {
    private static let ownKeys = ["server", "token", "users", "acl", "database", "compat", ClientCertificate.key]
    private static let tokenKeys = [
        "issuer", "expiration", "certificate", "key", "disable_legacy_key_id", "refresh_expiration",
    ]

    /// Reads the file at `path`, with the certificate and key that it names.
    /// - Parameter isCompatible: unknown keys are warnings (`--compat`, or `compat: true` in the file).
    /// - Parameter noting: told of the files that it names, also when it is refused.
    /// - Throws: everything that is wrong with it.
    static func load(
        _ path: String, isCompatible: Bool = false, noting: ([String]) -> Void = { _ in }
    ) throws(ConfigurationErrors) -> AuthSettings {
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
        return try AuthSettings(root, isCompatible: isCompatible, noting: noting)
    }

    init(
        _ root: ConfigurationNode, isCompatible: Bool = false, noting: ([String]) -> Void = { _ in }
    ) throws(ConfigurationErrors) {
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
        let pair = Self.serverPair(root, reading: &reading)
        signsInCertificates =
            reading.attempt { () throws(ConfigurationError) in try root.bool(ClientCertificate.key) } ?? false
        let token = Self.token(root, fallback: pair, reading: &reading)
        users = Self.users(root, reading: &reading)
        accessList = Self.accessList(root, reading: &reading)
        database = reading.attempt { () throws(ConfigurationError) in try root.string("database") }
        backends = BackendSections.read(root, reading: &reading)
        noting(reading.files)
        try reading.finish()
        guard let server, let token else { throw ConfigurationErrors(reading.errors) }
        self.server = server
        self.token = token
        files = reading.files
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

    private static func token(
        _ root: ConfigurationNode, fallback: PEMPair?, reading: inout ConfigurationReading
    ) -> Token? {
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
        guard let signer = signer(node, fallback: fallback, reading: &reading) else { return nil }
        let refresh = whole("refresh_expiration", of: node, reading: &reading) ?? 30 * 86_400
        if refresh < 0 || refresh > 10 * 365 * 86_400 {
            reading.refuse(
                (node["refresh_expiration"] ?? node).refused(
                    "is \(refresh): it must be a number of seconds", remedy: "Write 2592000, or 0 for no refresh tokens"
                ))
        }
        return Token(issuer: issuer, lifetime: Int64(lifetime), signer: signer, refreshLifetime: Int64(refresh))
    }

    /// The pair of the token section, else the server's own.
    private static func signer(
        _ node: ConfigurationNode, fallback: PEMPair?, reading: inout ConfigurationReading
    ) -> TokenSigner? {
        let isModern =
            reading.attempt { () throws(ConfigurationError) in try node.bool("disable_legacy_key_id") } ?? false
        let isOwn = ["certificate", "key"].contains { node[$0]?.isNull == false }
        guard let pair = isOwn || fallback == nil ? PEMPair(node, reading: &reading) : fallback else { return nil }
        do throws(TokenKeyError) {
            return try TokenSigner(
                certificate: pair.certificate, key: pair.key, legacyKeyIdentifier: !isModern)
        } catch {
            let isAboutKey = error == .noKey || error == .badKey
            reading.refuse(
                (isAboutKey ? pair.keyNode : pair.certificateNode).refused(error.problem, remedy: error.remedy))
            return nil
        }
    }

    /// A whole number that stands without quotes, as YAML's integers do.
    static func whole(
        _ key: String, of node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> Int? {
        if let value = node[key], case .scalar(let text, plain: false) = value.value {
            reading.refuse(value.refused("is the text \"\(text)\"", remedy: "Write the number without quotes"))
            return nil
        }
        return reading.attempt { () throws(ConfigurationError) in try node.integer(key) }
    }
}

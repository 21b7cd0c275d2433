// acme.yml, read and written.

extension ACMEConfiguration {
    private static let keys = [
        "email", "directory", "challenge", "domains", "trust", "key_type", "eab", "accept_terms", "folders",
    ]

    /// Reads acme.yml.
    package init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(Self.keys)
        guard let directory = try node.string("directory"), let folders = node["folders"] else {
            throw node.refused("lacks directory or folders", remedy: "Give both")
        }
        try folders.refuseUnknownKeys(["certificates", "challenges"])
        guard let certificates = try folders.string("certificates"), let challenges = try folders.string("challenges")
        else {
            throw folders.refused("needs certificates and challenges", remedy: "Give both")
        }
        self.init(
            directory: directory, challenge: try node.choice("challenge") ?? .http01,
            domains: try node.strings("domains") ?? [],
            folders: Folders(certificates: certificates, challenges: challenges))
        guard !domains.isEmpty else { throw node.refused("names no domain", remedy: "List one below domains") }
        email = try node.string("email")
        trust = try node.string("trust")
        keyType = try node.choice("key_type") ?? .ecdsa
        acceptsTerms = try node.bool("accept_terms") ?? false
        externalAccount = try node.present("eab").map(ExternalAccount.init)
    }

    package func node() -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [
            ("directory", .string(directory)), ("challenge", .string(challenge.rawValue)),
            ("domains", .list(domains.map { .string($0) })), ("key_type", .string(keyType.rawValue)),
            ("accept_terms", .bool(acceptsTerms)),
        ]
        if let email { pairs.append(("email", .string(email))) }
        if let trust { pairs.append(("trust", .string(trust))) }
        if let externalAccount {
            let key = ConfigurationNode.string(externalAccount.key.reveal())
            pairs.append(("eab", .mapping([("key_id", .string(externalAccount.keyID)), ("hmac_key", key)])))
        }
        pairs.append(
            (
                "folders",
                .mapping([
                    ("certificates", .string(folders.certificates)), ("challenges", .string(folders.challenges)),
                ])
            ))
        return .mapping(pairs)
    }
}

extension ACMEConfiguration.ExternalAccount {
    /// Reads `eab:` of dockmaster.yaml and of acme.yml alike.
    init(_ node: ConfigurationNode) throws {
        _ = try node.mapping()
        try node.refuseUnknownKeys(["key_id", "hmac_key"])
        guard let keyID = try node.string("key_id"), let key = try node.string("hmac_key"), let place = node["hmac_key"]
        else {
            throw node.refused("needs key_id and hmac_key", remedy: "Give both, as the authority handed them out")
        }
        let isBase64 = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="):
                true
            default: false
            }
        }
        let length = key.utf8.count { $0 != UInt8(ascii: "=") }
        guard isBase64, length >= 22, length % 4 != 1 else {
            throw place.refused(
                "is not base64url of at least 16 bytes", remedy: "Copy it as the authority shows it, without spaces")
        }
        self.init(keyID: keyID, key: Secret(key))
    }
}

extension ConfigurationNode {
    /// One of an enumeration's words; nil when the key is absent or null.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        guard let node = present(key) else { return nil }
        let text = try node.string()
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
            throw node.refused("\"\(text)\" is not one of the choices", remedy: "Write \(known)")
        }
        return choice
    }
}

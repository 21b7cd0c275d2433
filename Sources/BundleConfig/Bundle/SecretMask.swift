/// Hides the secrets of a rendered file.
enum SecretMask {
    private static let keys = [
        "password", "secret", "client_secret", "bind_password", "accesskey", "secretkey", "authorization", "passphrase",
        "hmac_key",
    ]

    /// What is a secret below `notifications` and nowhere else: a webhook's token stands in its headers or its URL.
    private static let notificationKeys = ["headers", "url"]

    /// The document with the values of secret keys, private keys and credentials in URLs as `•••`.
    /// - Parameter secrets: texts that are hidden wherever they stand.
    static func masked(_ node: ConfigurationNode, hiding secrets: [String] = []) -> ConfigurationNode {
        masked(node, keys, secrets)
    }

    private static func masked(_ node: ConfigurationNode, _ keys: [String], _ secrets: [String]) -> ConfigurationNode {
        var result = node
        switch node.value {
        case .null: break
        case .scalar(let text, let plain):
            result.value = .scalar(masked(SecretName.hide(secrets, in: text)), plain: plain)
        case .sequence(let nodes):
            result.value = .sequence(nodes.map { masked($0, keys, secrets) })
        case .mapping(let entries):
            result.value = .mapping(
                entries.map { entry in
                    let key = entry.key.lowercased()
                    if keys.contains(key) { return .init(key: entry.key, value: hidden(entry.value)) }
                    let inner = key == "notifications" ? keys + notificationKeys : keys
                    return .init(key: entry.key, value: masked(entry.value, inner, secrets))
                })
        }
        return result
    }

    static func hidden(_ node: ConfigurationNode) -> ConfigurationNode {
        switch node.value {
        case .null: return node
        case .scalar: return .string("•••")
        case .sequence(let nodes): return .list(nodes.map(hidden))
        case .mapping(let entries): return .mapping(entries.map { ($0.key, hidden($0.value)) })
        }
    }

    private static func masked(_ text: String) -> String {
        if text.contains("PRIVATE KEY-----") { return "•••" }
        // user:password@ of a URL
        guard let scheme = text.firstRange(of: "://"), let at = text[scheme.upperBound...].firstIndex(of: "@"),
            !text[scheme.upperBound..<at].contains("/")
        else { return text }
        return text[..<scheme.upperBound] + "•••" + text[at...]
    }
}

internal import BundleConfig

/// Hides what is a secret by its name or its shape, before anything leaves the supervisor.
enum MaskedText {
    private static let mask = "•••"

    /// Whether a name is that of a secret: "DB_PASSWORD", "--api-key".
    static func isSecret(_ name: String) -> Bool { SecretName.isOne(name) }

    /// A variable's value as it may be shown.
    static func variable(_ name: String, _ value: String) -> String {
        isSecret(name) && !value.isEmpty ? mask : shape(value)
    }

    /// A command's words: `--password=x`, `--password x`, credentials in URLs.
    /// - Parameter secrets: values that may stand in them because a placeholder named their variable.
    static func arguments(_ words: [String], secrets: [String] = []) -> [String] {
        var hidesNext = false
        return words.map { word in
            let word = SecretName.hide(secrets, in: word)
            defer { hidesNext = word.hasPrefix("-") && !word.contains("=") && isSecret(word) }
            if hidesNext && !word.hasPrefix("-") { return mask }
            guard let equals = word.firstIndex(of: "=") else { return shape(word) }
            let name = String(word[..<equals])
            return isSecret(name) ? "\(name)=\(mask)" : "\(name)=\(shape(String(word[word.index(after: equals)...])))"
        }
    }

    /// Private keys, and `user:password@` of a URL.
    private static func shape(_ text: String) -> String {
        if text.contains("PRIVATE KEY-----") { return mask }
        guard let scheme = text.firstRange(of: "://"), let at = text[scheme.upperBound...].firstIndex(of: "@"),
            !text[scheme.upperBound..<at].contains("/"), let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return text }
        return text[...colon] + mask + text[at...]
    }
}

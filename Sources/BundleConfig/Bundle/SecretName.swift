internal import FoundationEssentials

/// Tells by its name that a variable or an option holds a secret.
package enum SecretName {
    private static let words = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key", "access_key",
        "accesskey", "private_key", "credential", "authorization", "auth_key", "dsn",
    ]
    /// Shorter values are not looked for in texts: "1" would stand in every one.
    private static let shortest = 4

    /// "DB_PASSWORD", "--api-key".
    package static func isOne(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains($0) } || name.hasSuffix("_pw") || name.hasSuffix("_pass")
    }

    /// The values of secret variables that may have come into other texts through placeholders, longest first.
    package static func values(of environment: [String: String]) -> [String] {
        environment.filter { isOne($0.key) && $0.value.utf8.count >= shortest }.map(\.value)
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The secrets of this process's own environment, which `$(circus.env.NAME)` may name.
    package static let ofThisProcess = values(of: ProcessInfo.processInfo.environment)

    package static func hide(_ values: [String], in text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: "•••") }
    }
}

internal import Crypto
internal import RegistryToken

/// Secrets made here: 256 random bits behind a prefix that tells what they are, and that scanners for leaked secrets find.
///
/// They are kept as SHA-256: there is nothing to guess in 256 random bits, so that a slow hash would add cost and no safety.
enum RandomSecret {
    static let key = "dmk_"
    static let refresh = "dmr_"
    private static let length = 4 + 43

    static func make(_ prefix: String) -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return prefix + Base64.text(bytes, as: .url)
    }

    /// Whether a text may be such a secret.
    static func isShaped(_ text: some Collection<UInt8>, _ prefix: String) -> Bool {
        text.count == length && text.starts(with: prefix.utf8)
    }

    static func hash(_ secret: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(secret)))
    }
}

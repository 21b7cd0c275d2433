import Crypto

/// Stands for a secret in a table: equal for equal secrets, and worth nothing to who reads it. HMAC-SHA-256 under a key that
/// is made anew each time and never leaves this value.
package struct KeyedDigest: Sendable {
    private let key = SymmetricKey(size: .bits256)

    package init() {}

    /// 32 bytes.
    package func digest(_ secret: some Sequence<UInt8>) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(secret), using: key))
    }
}

internal import BundleConfig
internal import Crypto
internal import RegistryToken

/// A password's hash as it is kept: bcrypt's text, behind `sha256:` when the password was too long for bcrypt, which reads
/// 72 bytes, and its digest was hashed in its place. A short password is never taken for the digest of a long one: the mark tells
/// the two kinds of hash apart.
struct PasswordHash: Sendable, Equatable {
    private static let mark = "sha256:"

    let bcrypt: BcryptHash
    let isOfDigest: Bool

    /// Nil unless the text is a complete hash.
    init?(_ text: String) {
        isOfDigest = text.hasPrefix(Self.mark)
        guard let hash = BcryptHash(isOfDigest ? String(text.dropFirst(Self.mark.count)) : text) else { return nil }
        bcrypt = hash
    }

    /// The hash of a new password.
    /// - Cost: 50 to 100 ms; for the password threads.
    /// - Throws: for a password that is empty or that bcrypt would cut short at a NUL.
    static func make(_ password: Secret, cost: Int = BcryptHash.standardCost) throws(AuthDatabaseProblem) -> String {
        let bytes = Array(password.reveal().utf8)
        guard !bytes.isEmpty else { throw .badPassword("is empty") }
        guard !bytes.contains(0) else { throw .badPassword("holds a NUL") }
        let isLong = bytes.count > BcryptHash.passwordLimit
        let input = isLong ? Secret(String(decoding: digest(bytes), as: UTF8.self)) : password
        guard let hash = BcryptHash.make(input, cost: cost) else { throw .badPassword("cannot be hashed") }
        return (isLong ? mark : "") + hash
    }

    /// 44 characters of Base64: no NUL, within bcrypt's 72 bytes.
    static func digest(_ password: [UInt8]) -> [UInt8] {
        Array(Base64.text(Array(SHA256.hash(data: password)), as: .standard).utf8)
    }
}

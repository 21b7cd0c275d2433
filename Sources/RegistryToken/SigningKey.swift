internal import Crypto
internal import CryptoExtras
internal import struct Foundation.Data

/// The private key that tokens are signed with, parsed once.
enum SigningKey: Sendable {
    case rsa(_RSA.Signing.PrivateKey, RSASigner)
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)

    /// Reads the first private key of a PEM text (PKCS#8, PKCS#1 or SEC 1).
    init(pem: String) throws(TokenKeyError) {
        let blocks = PEMBlock.read(pem).filter { $0.label.hasSuffix("PRIVATE KEY") }
        guard let block = blocks.first else { throw .noKey }
        guard !block.der.isEmpty else { throw .badKey }
        let text = "-----BEGIN \(block.label)-----\n\(Self.wrapped(block.der))\n-----END \(block.label)-----\n"
        switch block.label {
        case "EC PRIVATE KEY", "PRIVATE KEY", "RSA PRIVATE KEY":
            if let key = try? P256.Signing.PrivateKey(pemRepresentation: text) {
                self = .p256(key)
            } else if let key = try? P384.Signing.PrivateKey(pemRepresentation: text) {
                self = .p384(key)
            } else if let key = try? P521.Signing.PrivateKey(pemRepresentation: text) {
                self = .p521(key)
            } else if let key = try? _RSA.Signing.PrivateKey(pemRepresentation: text),
                let signer = RSASigner(der: block.der)
            {
                self = .rsa(key, signer)
            } else {
                throw .unsupportedKey
            }
        default: throw .badKey
        }
    }

    private static func wrapped(_ der: [UInt8]) -> String {
        let text = Array(Base64.text(der, as: .standard).utf8)
        return stride(from: 0, to: text.count, by: 64)
            .map { String(decoding: text[$0..<min($0 + 64, text.count)], as: UTF8.self) }
            .joined(separator: "\n")
    }

    var algorithm: TokenAlgorithm {
        switch self {
        case .rsa: .rs256
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        }
    }

    /// The SubjectPublicKeyInfo in DER.
    var subjectPublicKeyInfo: Data {
        switch self {
        case .rsa(let key, _): key.publicKey.derRepresentation
        case .p256(let key): key.publicKey.derRepresentation
        case .p384(let key): key.publicKey.derRepresentation
        case .p521(let key): key.publicKey.derRepresentation
        }
    }

    /// The signature of `message` in JWS form.
    func signature(of message: [UInt8]) throws -> Data {
        switch self {
        case .rsa(let key, let signer):
            if let signature = signer.signature(of: message) { return Data(signature) }
            // As when it runs out of memory: swift-crypto signs as well.
            return try key.signature(for: message, padding: .insecurePKCS1v1_5).rawRepresentation
        case .p256(let key): return try key.signature(for: message).rawRepresentation
        case .p384(let key): return try key.signature(for: message).rawRepresentation
        case .p521(let key): return try key.signature(for: message).rawRepresentation
        }
    }
}

internal import Crypto
internal import CryptoExtras
internal import RegistryToken

/// A public key of an issuer, and the one algorithm that it verifies: the key's, never the token's choice.
/// - Source: RFC 7517; RFC 7518 section 6.
struct WorkloadKey: Sendable {
    enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    /// More keys than an issuer needs.
    private static let countLimit = 100

    let id: String
    private let material: Material

    var algorithm: Algorithm {
        switch material {
        case .rsa: .rs256
        case .p256: .es256
        }
    }

    /// The keys of a JSON Web Key Set that can be used; others, such as those for encryption, are passed over.
    static func keys(of set: JSONValue) -> [WorkloadKey]? {
        set["keys"]?.array.map { $0.prefix(countLimit).compactMap(WorkloadKey.init) }
    }

    private init?(_ json: JSONValue) {
        guard let id = json["kid"]?.string, !id.isEmpty, (json["use"]?.string ?? "sig") == "sig" else { return nil }
        self.id = id
        func bytes(_ member: String) -> [UInt8]? {
            json[member]?.string.flatMap { Base64.bytes(of: Array($0.utf8), as: .url) }
        }
        switch json["kty"]?.string {
        case "RSA":
            guard let modulus = bytes("n"), let exponent = bytes("e"), modulus.count <= 1024, exponent.count <= 4,
                let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent), key.keySizeInBits >= 2048
            else { return nil }
            material = .rsa(key)
        case "EC":
            guard json["crv"]?.string == "P-256", let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            material = .p256(key)
        default: return nil
        }
        guard (json["alg"]?.string ?? algorithm.rawValue) == algorithm.rawValue else { return nil }
    }

    /// Whether `signature`, in JWS form (r‖s for ECDSA), is this key's for `message`.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch material {
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: message, padding: .insecurePKCS1v1_5)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        }
    }
}

internal import Crypto
internal import CryptoExtras

/// The public keys of a JSON Web Key Set, by their `kid`.
/// - Source: RFC 7517, RFC 7518 section 6; distribution 3's `auth.token.jwks`.
struct KeySet: Sendable {
    /// More keys than a token service needs.
    private static let countLimit = 100

    private(set) var keys: [String: VerifyingKey] = [:]

    /// Keys for encryption are passed over.
    /// - Throws: for a text that is no key set, a signing key that cannot be used, and a `kid` that stands twice.
    init(json: String) throws(TokenKeyError) {
        let document: JSONValue
        do {
            document = try JSONReader.read(Array(json.utf8))
        } catch {
            throw .badKeySet("it is \(error.problem)")
        }
        guard let list = document["keys"]?.array else { throw .badKeySet("it has no list named keys") }
        guard list.count <= Self.countLimit else { throw .badKeySet("it has more than \(Self.countLimit) keys") }
        for (index, key) in list.enumerated() where (key["use"]?.string ?? "sig") == "sig" {
            guard let id = key["kid"]?.string, !id.isEmpty else { throw .badKeySet("key \(index + 1) has no kid") }
            guard key["d"] == nil else { throw .badKeySet("key \(index + 1) is a private key") }
            guard let verifying = VerifyingKey(key) else {
                throw .badKeySet("key \(index + 1) is neither RSA of 2048 bits or more nor on P-256, P-384 or P-521")
            }
            guard keys.updateValue(verifying, forKey: id) == nil else {
                throw .badKeySet("key \(index + 1) has a kid that another has, too")
            }
        }
        guard !keys.isEmpty else { throw .badKeySet("it has no key for signatures") }
    }
}

/// A public key of somebody's key set, and the one algorithm that it verifies: the key's, never the token's choice.
/// - Source: RFC 7517; RFC 7518 section 6.
package struct NamedKey: Sendable {
    /// More keys than an issuer needs.
    private static let countLimit = 100

    package let id: String
    private let key: VerifyingKey

    package var algorithm: TokenAlgorithm { key.algorithm }

    /// The keys of a set that can be used; others, such as those for encryption, are passed over. Nil for what is no set.
    package static func keys(of set: JSONValue) -> [NamedKey]? {
        set["keys"]?.array.map { $0.prefix(countLimit).compactMap(NamedKey.init) }
    }

    private init?(_ json: JSONValue) {
        guard let id = json["kid"]?.string, !id.isEmpty, (json["use"]?.string ?? "sig") == "sig",
            let key = VerifyingKey(json)
        else { return nil }
        self.id = id
        self.key = key
    }

    /// Whether `signature`, in JWS form (r‖s for ECDSA), is this key's for `message`.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool { key.verifies(signature, of: message) }
}

extension VerifyingKey {
    /// A key of a set; nil when it is of another kind, or malformed.
    fileprivate init?(_ json: JSONValue) {
        func bytes(_ member: String) -> [UInt8]? {
            json[member]?.string.flatMap { Base64.bytes(of: Array($0.utf8), as: .url) }
        }
        func point(_ size: Int) -> [UInt8]? {
            guard let x = bytes("x"), let y = bytes("y"), x.count == size, y.count == size else { return nil }
            return x + y
        }
        switch (json["kty"]?.string, json["crv"]?.string) {
        case ("RSA", _):
            guard let modulus = bytes("n"), let exponent = bytes("e"), modulus.count <= 1024, exponent.count <= 4,
                let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent), key.keySizeInBits >= 2048
            else { return nil }
            self = .rsa(key)
        case ("EC", "P-256"):
            guard let raw = point(32), let key = try? P256.Signing.PublicKey(rawRepresentation: raw) else { return nil }
            self = .p256(key)
        case ("EC", "P-384"):
            guard let raw = point(48), let key = try? P384.Signing.PublicKey(rawRepresentation: raw) else { return nil }
            self = .p384(key)
        case ("EC", "P-521"):
            guard let raw = point(66), let key = try? P521.Signing.PublicKey(rawRepresentation: raw) else { return nil }
            self = .p521(key)
        default: return nil
        }
        guard (json["alg"]?.string ?? algorithm.rawValue) == algorithm.rawValue else { return nil }
    }
}

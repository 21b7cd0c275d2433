internal import Crypto
internal import CryptoExtras
internal import struct Foundation.Data

/// The two names that registries know a token-signing key by.
enum KeyIdentifier {
    /// libtrust's form, which docker_auth and distribution 2.x use: twelve groups of four Base32 characters.
    /// - Source: base32(SHA-256(SubjectPublicKeyInfo)[0..<30]).
    static func legacy(of key: VerifyingKey) -> String {
        let digest = Array(SHA256.hash(data: key.subjectPublicKeyInfo)).prefix(30)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var characters: [UInt8] = []
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        for byte in digest {
            accumulator = accumulator << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                if characters.count % 5 == 4 { characters.append(UInt8(ascii: ":")) }
                characters.append(alphabet[Int(accumulator >> bits & 31)])
            }
            accumulator &= (1 << bits) - 1
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The RFC 7638 thumbprint, which distribution 3 uses.
    static func thumbprint(of key: VerifyingKey) throws(TokenKeyError) -> String {
        let json: String
        switch key {
        case .rsa(let key):
            guard let numbers = try? key.getKeyPrimitives() else { throw .unsupportedKey }
            let modulus = Base64.text(numbers.modulus.drop { $0 == 0 }, as: .url)
            let exponent = Base64.text(numbers.publicExponent.drop { $0 == 0 }, as: .url)
            json = #"{"e":"\#(exponent)","kty":"RSA","n":"\#(modulus)"}"#
        case .p256(let key): json = point("P-256", key.rawRepresentation)
        case .p384(let key): json = point("P-384", key.rawRepresentation)
        case .p521(let key): json = point("P-521", key.rawRepresentation)
        }
        return Base64.text(Array(SHA256.hash(data: Data(json.utf8))), as: .url)
    }

    /// - Parameter raw: the point's x and y, of equal length.
    private static func point(_ curve: String, _ raw: Data) -> String {
        let half = raw.count / 2
        let x = Base64.text(raw.prefix(half), as: .url)
        let y = Base64.text(raw.suffix(half), as: .url)
        return #"{"crv":"\#(curve)","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
    }
}

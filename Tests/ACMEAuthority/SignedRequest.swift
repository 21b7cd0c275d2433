import Crypto
import Foundation

/// A request's JWS, taken apart and checked.
/// - Source: RFC 8555, 6.2; RFC 7515, 7.2.2.
struct SignedRequest: Sendable {
    struct Key: Codable, Sendable, Equatable {
        var kty: String
        var crv: String
        var x: String
        var y: String

        /// RFC 7638.
        var thumbprint: String {
            let text = #"{"crv":"\#(crv)","kty":"\#(kty)","x":"\#(x)","y":"\#(y)"}"#
            return Base64.url(SHA256.hash(data: Data(text.utf8)))
        }

        func publicKey() throws -> P256.Signing.PublicKey {
            guard kty == "EC", crv == "P-256", let x = Base64.bytes(x), let y = Base64.bytes(y), x.count == 32,
                y.count == 32
            else { throw AuthorityProblem("badPublicKey", "only P-256 is taken") }
            return try P256.Signing.PublicKey(rawRepresentation: Data(x + y))
        }
    }

    struct Header: Codable, Sendable {
        var alg: String
        var nonce: String?
        var url: String
        var jwk: Key?
        var kid: String?
    }

    struct Flattened: Codable, Sendable {
        var protected: String
        var payload: String
        var signature: String
    }

    let header: Header
    let payload: Data
    private let flattened: Flattened

    init(_ body: [UInt8]) throws {
        try self.init(Self.decoded(Flattened.self, Data(body), keys: ["protected", "payload", "signature"]))
    }

    init(_ flattened: Flattened) throws {
        self.flattened = flattened
        guard let header = Base64.bytes(flattened.protected), let payload = Base64.bytes(flattened.payload) else {
            throw AuthorityProblem("malformed", "a part is not base64url")
        }
        self.header = try Self.decoded(
            Header.self, Data(header), keys: ["alg", "nonce", "url", "jwk", "kid"])
        self.payload = Data(payload)
    }

    var isPostAsGet: Bool { payload.isEmpty }

    func checkSignature(_ key: P256.Signing.PublicKey) throws {
        guard header.alg == "ES256" else { throw AuthorityProblem("badSignatureAlgorithm", "only ES256 is taken") }
        let input = Data("\(flattened.protected).\(flattened.payload)".utf8)
        guard let bytes = Base64.bytes(flattened.signature), bytes.count == 64,
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: Data(bytes)),
            key.isValidSignature(signature, for: input)
        else { throw AuthorityProblem("malformed", "the signature is not the key's") }
    }

    func checkCode(_ secret: [UInt8]) throws {
        let input = Data("\(flattened.protected).\(flattened.payload)".utf8)
        guard header.alg == "HS256", header.nonce == nil, let code = Base64.bytes(flattened.signature),
            HMAC<SHA256>.isValidAuthenticationCode(Data(code), authenticating: input, using: SymmetricKey(data: secret))
        else { throw AuthorityProblem("unauthorized", "the external account's code is wrong", status: 401) }
    }

    func read<Payload: Decodable>(_ type: Payload.Type) throws -> Payload {
        do {
            return try JSONDecoder().decode(type, from: payload)
        } catch {
            throw AuthorityProblem("malformed", "the payload is not what is asked for: \(error)")
        }
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, _ data: Data, keys: Set<String>) throws -> Value {
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            keys.isSuperset(of: object.keys), let value = try? JSONDecoder().decode(type, from: data)
        else { throw AuthorityProblem("malformed", "not the JSON of a signed request") }
        return value
    }
}

/// Base64url without padding, strictly.
enum Base64 {
    static func url(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func bytes(_ text: String) -> [UInt8]? {
        guard !text.contains("="), !text.contains("+"), !text.contains("/") else { return nil }
        var standard = text.replacing("-", with: "+").replacing("_", with: "/")
        standard += String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard).map { Array($0) }
    }
}

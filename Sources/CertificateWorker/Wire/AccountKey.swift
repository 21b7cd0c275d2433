import BundleConfig
import Crypto
import TextFormats

/// The key that an account is known by, on P-256: what signs every request.
struct AccountKey: Sendable {
    private let key: P256.Signing.PrivateKey
    /// The public half, in the one form of which the thumbprint is taken.
    /// - Source: RFC 7638, 3.
    let jwk: String
    /// - Source: RFC 8555, 8.1.
    let thumbprint: String

    init(_ key: P256.Signing.PrivateKey = P256.Signing.PrivateKey()) {
        self.key = key
        let point = key.publicKey.rawRepresentation
        jwk =
            #"{"crv":"P-256","kty":"EC","x":"\#(Base64URL.text(point.prefix(32)))","#
            + #""y":"\#(Base64URL.text(point.suffix(32)))"}"#
        thumbprint = Base64URL.text(SHA256.hash(data: Array(jwk.utf8)))
    }

    /// - Parameter text: of the file that `pem` was written to.
    /// - Returns: nil when it holds no key on P-256.
    init?(pem text: String) {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text) else { return nil }
        self.init(key)
    }

    var pem: Secret { Secret(key.pemRepresentation + "\n") }

    /// What the authority must find: `token.thumbprint`.
    /// - Source: RFC 8555, 8.1.
    func authorization(for token: String) -> String { "\(token).\(thumbprint)" }

    /// Who signs: an account that is there, or a key for which one is wanted.
    enum Signer: Sendable, Equatable {
        case account(url: String)
        case newKey
    }

    /// A request's body: a flattened JWS, ES256.
    /// - Parameter payload: JSON; empty for POST-as-GET.
    /// - Source: RFC 8555, 6.2; RFC 7518, 3.4 (the signature is r and s, 32 bytes each).
    func signed(_ payload: String, by signer: Signer, nonce: String, url: String) throws -> [UInt8] {
        let who =
            switch signer {
            case .account(let account): #""kid":\#(JSONString.quoted(account))"#
            case .newKey: #""jwk":\#(jwk)"#
            }
        let header =
            #"{"alg":"ES256",\#(who),"nonce":\#(JSONString.quoted(nonce)),"url":\#(JSONString.quoted(url))}"#
        let input = "\(Base64URL.text(header.utf8)).\(Base64URL.text(payload.utf8))"
        let signature = try key.signature(for: Array(input.utf8)).rawRepresentation
        return Self.flattened(input, signature)
    }

    /// That the holder of an external account wants this key to act for it: a JWS of the key, HS256.
    /// - Source: RFC 8555, 7.3.4.
    func bound(to account: ACMEConfiguration.ExternalAccount, url: String) -> String {
        let header =
            #"{"alg":"HS256","kid":\#(JSONString.quoted(account.keyID)),"url":\#(JSONString.quoted(url))}"#
        let input = "\(Base64URL.text(header.utf8)).\(Base64URL.text(jwk.utf8))"
        let secret = SymmetricKey(data: Base64URL.bytes(account.key.reveal()) ?? [])
        let code = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: secret)
        return String(decoding: Self.flattened(input, code), as: UTF8.self)
    }

    private static func flattened(_ input: String, _ signature: some Sequence<UInt8>) -> [UInt8] {
        let parts = input.split(separator: ".", omittingEmptySubsequences: false)
        return Array(
            #"{"protected":"\#(parts[0])","payload":"\#(parts[1])","signature":"\#(Base64URL.text(signature))"}"#.utf8)
    }
}

extension AccountKey: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: ["thumbprint": thumbprint]) }
}

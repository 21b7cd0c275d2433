import Crypto
import Foundation

@testable import RegistryToken

/// Tokens put together by hand, true or forged.
struct TestToken {
    static let now: Int64 = 1_800_000_000

    var header: String
    var payload: String

    static func payload(
        iss: String = #""issuer""#, aud: String = #""registry""#, exp: String? = "\(now + 300)",
        more: String = ""
    ) -> String {
        let expiry = exp.map { #""exp":\#($0),"# } ?? ""
        let access = #"[{"type":"repository","name":"team/app","actions":["pull","push"]}]"#
        return #"{"iss":\#(iss),"aud":\#(aud),\#(expiry)"sub":"ci","jti":"7","access":\#(access)\#(more)}"#
    }

    var signedPart: String { "\(Self.encoded(header)).\(Self.encoded(payload))" }

    func signed(by key: P256.Signing.PrivateKey) throws -> String {
        let signature = try key.signature(for: Data(signedPart.utf8)).rawRepresentation
        return "\(signedPart).\(Base64.text(signature, as: .url))"
    }

    func signed(withSecret secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(signedPart.utf8), using: SymmetricKey(data: secret))
        return "\(signedPart).\(Base64.text(Array(code), as: .url))"
    }

    static func encoded(_ text: String) -> String { Base64.text(Array(text.utf8), as: .url) }
}

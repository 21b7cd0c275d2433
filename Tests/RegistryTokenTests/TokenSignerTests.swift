import Crypto
import CryptoExtras
import Foundation
import JWTKit
import Testing

@testable import RegistryToken

@Suite("A token signer")
struct TokenSignerTests {
    /// The claims as another JWT library reads them.
    private struct Claims: JWTPayload {
        struct Access: Codable, Equatable {
            var type: String
            var name: String
            var actions: [String]
        }

        var iss: String
        var sub: String
        var aud: String
        var exp: Int
        var nbf: Int
        var iat: Int
        var jti: String
        var access: [Access]

        func verify(using _: some JWTAlgorithm) throws {}
    }

    private static func claims(subject: String = "ci") -> TokenClaims {
        TokenClaims(
            issuer: "Acme \"auth\" server", subject: subject, audience: "Docker registry",
            access: [ScopeAccess(type: "repository", name: "team/app", actions: ["pull", "push"])], lifetime: 900,
            now: TestToken.now)
    }

    @Test("makes tokens that our verifier takes, by either key id", arguments: TestPair.Kind.allCases)
    func roundTrip(kind: TestPair.Kind) async throws {
        let pair = try TestPair(kind)
        let verifier = try TokenVerifier(
            certificates: pair.certificatePEM, issuer: "Acme \"auth\" server", service: "Docker registry")
        for isLegacy in [true, false] {
            let signer = try TokenSigner(
                certificate: pair.certificatePEM, key: pair.keyPEM, legacyKeyIdentifier: isLegacy)
            #expect(signer.algorithm.rawValue == kind.rawValue)
            let token = String(decoding: try signer.sign(Self.claims(subject: "zoë\n")), as: UTF8.self)
            let verified = try await verifier.verify(token, now: TestToken.now)
            #expect(verified.subject == "zoë\n")
            #expect(verified.allows("push", type: "repository", name: "team/app"))
            #expect(!verified.allows("delete", type: "repository", name: "team/app"))
            #expect(verified.expiry == TestToken.now + 900)
        }
    }

    @Test("makes tokens that jwt-kit takes", arguments: [TestPair.Kind.rsa, .p256, .p384, .p521])
    func interoperates(kind: TestPair.Kind) async throws {
        let pair = try TestPair(kind)
        let signer = try TokenSigner(certificate: pair.certificatePEM, key: pair.keyPEM)
        let token = String(decoding: try signer.sign(Self.claims()), as: UTF8.self)
        let keys = JWTKeyCollection()
        switch kind {
        case .rsa:
            await keys.add(
                rsa: try Insecure.RSA.PublicKey(certificatePEM: pair.certificatePEM), digestAlgorithm: .sha256)
        case .p256: await keys.add(ecdsa: try ES256PublicKey(certificate: pair.certificatePEM))
        case .p384: await keys.add(ecdsa: try ES384PublicKey(certificate: pair.certificatePEM))
        case .p521: await keys.add(ecdsa: try ES512PublicKey(certificate: pair.certificatePEM))
        }
        let claims = try await keys.verify(token, as: Claims.self)
        #expect(claims.iss == "Acme \"auth\" server")
        #expect(claims.aud == "Docker registry")
        #expect(claims.exp == Int(TestToken.now) + 900)
        #expect(claims.nbf == Int(TestToken.now) - 10)
        #expect(claims.iat == Int(TestToken.now))
        #expect(Int64(claims.jti) != nil)
        #expect(claims.access == [.init(type: "repository", name: "team/app", actions: ["pull", "push"])])
    }

    @Test("signs with RSA as swift-crypto does, whatever the key's form, also on several threads at once")
    func rsa() async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let message = Array("header.claims".utf8)
        let expected = Array(try key.signature(for: message, padding: .insecurePKCS1v1_5).rawRepresentation)
        for der in [key.derRepresentation, key.pkcs8DERRepresentation] {
            let signer = try #require(RSASigner(der: Array(der)))
            await withTaskGroup(of: [UInt8]?.self) { group in
                for _ in 0..<64 { group.addTask { signer.signature(of: message) } }
                for await signature in group { #expect(signature == expected) }
            }
        }
        #expect(RSASigner(der: [1, 2, 3]) === nil)
    }

    @Test("writes docker_auth's header with the certificate, and its claims in order")
    func layout() throws {
        let pair = try TestPair(.p256)
        let signer = try TokenSigner(certificate: pair.certificatePEM, key: pair.keyPEM)
        let parts = try signer.sign(Self.claims()).split(separator: UInt8(ascii: "."))
        let header = String(decoding: try #require(Base64.bytes(of: parts[0], as: .url)), as: UTF8.self)
        let certificate = Base64.text(try pair.der, as: .standard)
        #expect(
            header == #"{"typ":"JWT","alg":"ES256","kid":"\#(signer.keyIdentifier)","x5c":["\#(certificate)"]}"#)
        let payload = try JSONReader.read(try #require(Base64.bytes(of: parts[1], as: .url)))
        let names = try #require(payload.members).map(\.key)
        #expect(names == ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "access"])
    }

    @Test("refuses a key that is not the certificate's, and what is no pair at all")
    func mismatch() throws {
        let one = try TestPair(.p256)
        let other = try TestPair(.p256)
        #expect(throws: TokenKeyError.mismatch) {
            try TokenSigner(certificate: one.certificatePEM, key: other.keyPEM)
        }
        #expect(throws: TokenKeyError.noCertificate) { try TokenSigner(certificate: "", key: one.keyPEM) }
        #expect(throws: TokenKeyError.noKey) {
            try TokenSigner(certificate: one.certificatePEM, key: one.certificatePEM)
        }
        #expect(throws: TokenKeyError.badCertificate(position: 1)) {
            try TokenSigner(
                certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", key: one.keyPEM)
        }
    }
}

import Crypto
import Foundation
import Testing

@testable import RegistryToken
import TextFormats

@Suite("A token verifier")
struct TokenVerifierTests {
    private static let now = TestToken.now

    private let pair: TestPair
    private let key: P256.Signing.PrivateKey
    private let kid: String
    private let verifier: TokenVerifier

    init() throws {
        pair = try TestPair(.p256)
        key = try P256.Signing.PrivateKey(pemRepresentation: pair.keyPEM)
        kid = try TokenSigner(certificate: pair.certificatePEM, key: pair.keyPEM).keyIdentifier
        verifier = try TokenVerifier(certificates: pair.certificatePEM, issuer: "issuer", service: "registry")
    }

    private func header(_ alg: String = "ES256", more: String = "") -> String {
        #"{"typ":"JWT","alg":"\#(alg)","kid":"\#(kid)"\#(more)}"#
    }

    private func refusal(_ token: String, now: Int64 = Self.now) async -> TokenRefusal? {
        do throws(TokenRefusal) {
            _ = try await verifier.verify(token, now: now)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(header: String? = nil, payload: String, now: Int64 = Self.now) async throws -> TokenRefusal? {
        try await refusal(
            TestToken(header: header ?? self.header(), payload: payload).signed(by: key), now: now)
    }

    @Test("takes a token signed by a key of its bundle")
    func accepts() async throws {
        let token = try TestToken(header: header(), payload: TestToken.payload()).signed(by: key)
        let expected = VerifiedToken(
            subject: "ci", access: [ScopeAccess(type: "repository", name: "team/app", actions: ["pull", "push"])],
            expiry: Self.now + 300, identifier: "7")
        #expect(try await verifier.verify(token, now: Self.now) == expected)
        // Again: from what it has seen.
        #expect(try await verifier.verify(token, now: Self.now) == expected)
        #expect(try await refusal(payload: TestToken.payload(aud: #"["x","registry"]"#)) == nil)
    }

    @Test("refuses alg none and the public key used as an HMAC secret")
    func algorithms() async throws {
        let none = TestToken(header: header("none"), payload: TestToken.payload())
        #expect(await refusal("\(none.signedPart).") == .algorithm("none"))
        #expect(await refusal("\(none.signedPart).AAAA") == .algorithm("none"))
        let hmac = TestToken(header: header("HS256"), payload: TestToken.payload())
        #expect(
            await refusal(hmac.signed(withSecret: Array(pair.certificatePEM.utf8))) == .algorithm("HS256"))
        let other = TestToken(header: header("ES384"), payload: TestToken.payload())
        #expect(try await refusal(other.signed(by: key)) == .algorithm("ES384"))
    }

    @Test("refuses a key that the token brings or names", arguments: ["jwk", "jku", "x5u"])
    func foreignHeaders(name: String) async throws {
        let token = TestToken(header: header(more: #","\#(name)":{"kty":"EC"}"#), payload: TestToken.payload())
        #expect(try await refusal(token.signed(by: key)) == .foreignKey(header: name))
    }

    @Test("refuses another's certificate chain, even with a known key id")
    func foreignChain() async throws {
        let stranger = try TestPair(.p256)
        let chain = #","x5c":["\#(Base64.text(try stranger.der, as: .standard))"]"#
        let token = TestToken(header: header(more: chain), payload: TestToken.payload())
        let strangersKey = try P256.Signing.PrivateKey(pemRepresentation: stranger.keyPEM)
        #expect(try await refusal(token.signed(by: strangersKey)) == .foreignKey(header: "x5c"))
        #expect(try await refusal(token.signed(by: key)) == .foreignKey(header: "x5c"))
    }

    @Test("takes a chain that leads to its bundle, while every certificate of it is valid")
    func chain() async throws {
        let authority = try TestPair(.p256, name: "authority")
        let middle = try TestPair(.p384, name: "middle", issuer: authority)
        let leaf = try TestPair(.p256, name: "leaf", issuer: middle, isAuthority: false)
        let verifier = try TokenVerifier(
            certificates: authority.certificatePEM, issuer: "issuer", service: "registry")
        let chain = try [leaf, middle].map { "\"\(Base64.text(try $0.der, as: .standard))\"" }.joined(separator: ",")
        let now = Int64(UTCTime.now().seconds)
        let token = try TestToken(
            header: #"{"typ":"JWT","alg":"ES256","x5c":[\#(chain)]}"#,
            payload: TestToken.payload(exp: "\(now + 7200)")
        ).signed(by: P256.Signing.PrivateKey(pemRepresentation: leaf.keyPEM))
        #expect(try await verifier.verify(token, now: now).subject == "ci")
        let later = try TokenVerifier(certificates: authority.certificatePEM, issuer: "issuer", service: "registry")
        await #expect(throws: TokenRefusal.foreignKey(header: "x5c")) {
            _ = try await later.verify(token, now: now + 3700)
        }
    }

    @Test("refuses an unknown key id, a header without one, and crit")
    func headers() async throws {
        let payload = TestToken.payload()
        #expect(
            try await refusal(header: #"{"typ":"JWT","alg":"ES256","kid":"ABCD"}"#, payload: payload) == .unknownKey)
        #expect(try await refusal(header: #"{"typ":"JWT","alg":"ES256"}"#, payload: payload) == .unknownKey)
        #expect(try await refusal(header: header(more: #","crit":["exp"]"#), payload: payload) == .criticalHeader)
        #expect(try await refusal(header: #"{"alg":"ES256","kid":"\#(kid)"}"#, payload: payload) == nil)
        #expect(
            try await refusal(header: #"{"alg":"none","alg":"ES256","kid":"\#(kid)"}"#, payload: payload)
                == .malformed(#"the header is the key "alg" stands twice"#))
    }

    @Test("refuses other issuers and audiences")
    func names() async throws {
        #expect(try await refusal(payload: TestToken.payload(iss: #""other""#)) == .wrongIssuer)
        #expect(try await refusal(payload: TestToken.payload(iss: #"["issuer"]"#)) == .wrongIssuer)
        #expect(try await refusal(payload: TestToken.payload(aud: #""other""#)) == .wrongAudience)
        #expect(try await refusal(payload: TestToken.payload(aud: "[]")) == .wrongAudience)
        #expect(
            try await refusal(payload: TestToken.payload(more: #","iss":"other""#))
                == .malformed(#"the claims are the key "iss" stands twice"#))
    }

    @Test("compares the times with a leeway of 60 s")
    func times() async throws {
        let payload = TestToken.payload()
        #expect(try await refusal(payload: payload, now: Self.now + 359) == nil)
        #expect(try await refusal(payload: payload, now: Self.now + 360) == .expired(secondsAgo: 60))
        let early = TestToken.payload(more: #","nbf":\#(Self.now)"#)
        #expect(try await refusal(payload: early, now: Self.now - 60) == nil)
        #expect(try await refusal(payload: early, now: Self.now - 61) == .notYetValid(inSeconds: 61))
        let future = TestToken.payload(more: #","iat":\#(Self.now + 100)"#)
        #expect(try await refusal(payload: future) == .notYetValid(inSeconds: 100))
        #expect(try await refusal(payload: TestToken.payload(exp: nil)) == .missingExpiry)
        #expect(try await refusal(payload: TestToken.payload(exp: #""never""#)) == .malformed("exp is not a time"))
        #expect(try await refusal(payload: TestToken.payload(exp: "1e300")) == .malformed("exp is not a time"))
        #expect(
            try await refusal(payload: TestToken.payload(exp: "-9223372036854775808"))
                == .malformed("exp is not a time"))
    }

    @Test("refuses a token seen before once it has expired")
    func expiresInCache() async throws {
        let token = try TestToken(header: header(), payload: TestToken.payload()).signed(by: key)
        #expect(await refusal(token) == nil)
        #expect(await refusal(token, now: Self.now + 1000) == .expired(secondsAgo: 700))
    }

    @Test("refuses changed, zero and short signatures")
    func signatures() async throws {
        let token = TestToken(header: header(), payload: TestToken.payload())
        let zero = Base64.text([UInt8](repeating: 0, count: 64), as: .url)
        #expect(await refusal("\(token.signedPart).\(zero)") == .badSignature)
        #expect(await refusal("\(token.signedPart).AAAA") == .badSignature)
        #expect(await refusal("\(token.signedPart).") == .malformed("the signature is not Base64"))
        let genuine = try token.signed(by: key)
        let other = TestToken(header: header(), payload: TestToken.payload(more: #","x":1"#))
        let signature = try #require(genuine.split(separator: ".").last)
        #expect(await refusal("\(other.signedPart).\(signature)") == .badSignature)
        #expect(try await refusal(token.signed(by: P256.Signing.PrivateKey())) == .badSignature)
    }

    @Test("refuses what is no token, at once", arguments: ["", ".", "..", "a.b", "a.b.c.d", "é.b.c", "a b.c.d"])
    func garbage(text: String) async {
        let refused = await refusal(text)
        guard case .malformed = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
    }

    @Test("refuses a hundred thousand dots in under 50 ms")
    func dots() async {
        let dots = String(repeating: ".", count: 100_000)
        let clock = ContinuousClock()
        let elapsed = await clock.measure { #expect(await refusal(dots) == .tooLarge(limit: 16_384)) }
        #expect(elapsed < .milliseconds(50))
        #expect(await refusal(String(repeating: ".", count: 16_000)) == .malformed("not three parts"))
    }

    /// A key set of the pair's public key; `more` goes into its only key.
    private func keySet(kid: String = "one", more: String = "") -> String {
        let raw = key.publicKey.rawRepresentation
        let x = Base64.text(raw.prefix(32), as: .url)
        let y = Base64.text(raw.suffix(32), as: .url)
        return #"{"keys":[{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)","kid":"\#(kid)"\#(more)}]}"#
    }

    @Test("knows the keys of a key set by their kid, without certificates, too")
    func knowsKeySet() async throws {
        let token = try TestToken(header: header(), payload: TestToken.payload()).signed(by: key)
        let named = try TestToken(
            header: #"{"typ":"JWT","alg":"ES256","kid":"one"}"#, payload: TestToken.payload()
        ).signed(by: key)
        let alone = try TokenVerifier(certificates: nil, keySet: keySet(), issuer: "issuer", service: "registry")
        let beside = try TokenVerifier(
            certificates: pair.certificatePEM, keySet: keySet(), issuer: "issuer", service: "registry")
        #expect(try await alone.verify(named, now: Self.now).subject == beside.verify(named, now: Self.now).subject)
        _ = try await beside.verify(token, now: Self.now)
        await #expect(throws: TokenRefusal.unknownKey) { try await alone.verify(token, now: Self.now) }
        let chained = try TestToken(
            header: #"{"typ":"JWT","alg":"ES256","x5c":["AAAA"]}"#, payload: TestToken.payload()
        ).signed(by: key)
        await #expect(throws: TokenRefusal.foreignKey(header: "x5c")) { try await alone.verify(chained, now: Self.now) }
    }

    @Test(
        "refuses a key set that it cannot use, with the reason",
        arguments: [
            ("[]", "no list named keys"), ("{", "is no JSON Web Key Set"), (#"{"keys":[]}"#, "no key for signatures"),
            (#"{"keys":[{"kty":"oct","k":"AAAA","kid":"a"}]}"#, "key 1 is neither"),
            (#"{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA","kid":"a"}]}"#, "key 1 is neither"),
            (#"{"keys":[{"kty":"oct","use":"enc"}]}"#, "no key for signatures"),
            (#"{"keys":[{"kty":"EC"}]}"#, "key 1 has no kid"),
            (#"{"keys":[{"kty":"EC","d":"AAAA","kid":"a"}]}"#, "key 1 is a private key"),
        ])
    func refusesKeySet(_ text: String, _ reason: String) throws {
        let error = #expect(throws: TokenKeyError.self) {
            try TokenVerifier(certificates: nil, keySet: text, issuer: "issuer", service: "registry")
        }
        #expect(error?.problem.contains(reason) == true, "\(error?.problem ?? "")")
    }

    @Test("refuses a key of a set for another algorithm than its own")
    func refusesAlgorithm() throws {
        #expect(throws: TokenKeyError.self) {
            try TokenVerifier(
                certificates: nil, keySet: keySet(more: #","alg":"RS256""#), issuer: "issuer", service: "registry")
        }
    }
}

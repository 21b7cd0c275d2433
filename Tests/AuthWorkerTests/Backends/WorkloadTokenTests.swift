import Crypto
import CryptoExtras
import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Synchronization
import Testing

@testable import AuthWorker

@Suite("A CI system's token", .timeLimit(.minutes(2)))
struct WorkloadTokenTests {
    private let folder: BackendFolder
    private let issuer: TokenIssuer
    private let ec = P256.Signing.PrivateKey()
    private let account = "ci-team/app"

    init() throws {
        folder = try BackendFolder()
        issuer = try TokenIssuer(folder)
        try issuer.publish([("1", .p256(ec))])
    }

    private func section(_ more: String = "") -> String {
        """
        ci_auth:
          - issuer: \(issuer.url)
            audience: registry.example
            claims: {project_path: team/*}
            account: "ci-${claim:project_path}"
            labels: {group: [ci]}
            timeout: 30s
            \(more)
        acl: []
        """
    }

    private var signedIn: SignInOutcome { .signedIn(labels: Labels([("group", ["ci"])])) }

    @Test("signs its rule's account in, by RS256 and by ES256, and nobody else")
    func right() async throws {
        let rsa = try #require(TokenIssuer.rsa)
        try issuer.publish([("1", .p256(ec)), ("r", .rsa(rsa)), ("s", .secret(SymmetricKey(size: .bits256)))])
        try await issuer.start()
        let state = try BackendFolder.state(section())
        #expect(await state.signIn(account, try issuer.token(.p256(ec))) == signedIn)
        #expect(await state.signIn(account, try issuer.token(.rsa(rsa), id: "r")) == signedIn)
        #expect(
            await state.signIn(account, try issuer.token(.p256(ec), audience: #"["other","registry.example"]"#))
                == signedIn)
        #expect(await state.signIn("ci-team/other", try issuer.token(.p256(ec))) == .wrongPassword)
        #expect(await state.signIn("", try issuer.token(.p256(ec))) == .wrongPassword)
        #expect(await state.signIn("ci-team/a", try issuer.token(.p256(ec), project: "team/a:b")) == .wrongPassword)
        #expect(issuer.fetches == 1)
    }

    @Test("is refused where its audience, times or claims are not right, without asking the issuer")
    func claims() async throws {
        try await issuer.start()
        let state = try BackendFolder.state(section())
        let now = Int(Date().timeIntervalSince1970)
        let wrong = [
            try issuer.token(.p256(ec), audience: #""other""#), try issuer.token(.p256(ec), audience: "[]"),
            try issuer.token(.p256(ec), audience: "7"),
            try issuer.token(.p256(ec), times: #""exp":\#(now - 61)"#),
            try issuer.token(.p256(ec), times: #""iat":\#(now)"#), try issuer.token(.p256(ec), times: #""exp":"9e9""#),
            try issuer.token(.p256(ec), times: #""exp":\#(now + 300),"nbf":\#(now + 120)"#),
            try issuer.token(.p256(ec), project: "other/app"), try issuer.token(.p256(ec), project: "team/app/deep"),
        ]
        for token in wrong { #expect(await state.signIn(account, token) == .wrongPassword) }
        #expect(issuer.fetches == 0)
        let lenient = try issuer.token(.p256(ec), times: #""exp":\#(now - 20),"nbf":\#(now + 30)"#)
        #expect(await state.signIn(account, lenient) == signedIn)
    }

    @Test(
        "is refused when it is forged: another's key, none, a public key as a secret, a key of its own, a flipped bit")
    func forged() async throws {
        let rsa = try #require(TokenIssuer.rsa)
        try issuer.publish([("1", .p256(ec)), ("r", .rsa(rsa))])
        try await issuer.start()
        let state = try BackendFolder.state(section())
        #expect(await state.signIn(account, try issuer.token(.p256(ec))) == signedIn)
        let foreign = P256.Signing.PrivateKey()
        let point = Array(foreign.publicKey.rawRepresentation)
        let (x, y) = (Data(point.prefix(32)), Data(point.suffix(32)))
        let own =
            #","jwk":{"kty":"EC","crv":"P-256","x":"\#(x.base64EncodedString())","y":"\#(y.base64EncodedString())"}"#
        let secret = SymmetricKey(data: Data(rsa.publicKey.pemRepresentation.utf8))
        var flipped = Array(try issuer.token(.p256(ec)).utf8)
        let dot = try #require(flipped.lastIndex(of: UInt8(ascii: ".")))
        flipped[dot + 5] = flipped[dot + 5] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        let wrong = [
            try issuer.token(.p256(foreign)), try issuer.token(nil), try issuer.token(nil, algorithm: "ES256"),
            try issuer.token(.secret(secret), id: "r"), try issuer.token(.secret(secret), id: "r", algorithm: "RS256"),
            try issuer.token(.p256(foreign), header: own),
            try issuer.token(.p256(foreign), header: #","jku":"\#(issuer.url)/jwks","x5c":["AAAA"]"#),
            try issuer.token(.p256(ec), header: #","crit":["b64"]"#),
            try issuer.token(.p256(ec), id: "r"), try issuer.token(.p256(ec), id: ""),
            try issuer.token(.p256(ec), algorithm: "RS256"), String(decoding: flipped, as: UTF8.self),
        ]
        for (index, token) in wrong.enumerated() {
            #expect(await state.signIn(account, token) == .wrongPassword, "\(index)")
        }
    }

    @Test("that is none, or of an issuer that nobody named, is left to the next back-end")
    func others() async throws {
        let state = try BackendFolder.state(section())
        let token = try issuer.token(.p256(ec))
        for password in [
            "", "secret", "eyJ.eyJ.x", "a.b.c", String(repeating: ".", count: 100_000),
            "ey" + String(repeating: ".", count: 100_000), token + ".x", token + "=",
            try issuer.token(.p256(ec), issuer: "https://elsewhere.example"),
            try issuer.token(.p256(ec), issuer: issuer.url + "/"),
            try issuer.token(.p256(ec), more: #","iss":"twice""#),
        ] { #expect(await state.signIn(account, password) == .unknownAccount, "\(password.prefix(40))") }
    }

    @Test("of a key that is new makes the keys be fetched again, at most once a minute")
    func rotation() async throws {
        try await issuer.start()
        let clock = Mutex(Int64(Date().timeIntervalSince1970))
        let backend = try authenticator { clock.withLock { $0 } }
        let new = P256.Signing.PrivateKey()
        func signIn(_ token: String) async -> SignInOutcome {
            await backend.signIn(account, password: Array(token.utf8))
        }
        #expect(await signIn(try issuer.token(.p256(ec))) == signedIn)
        try issuer.publish([("2", .p256(new))])
        #expect(await signIn(try issuer.token(.p256(new), id: "2")) == .wrongPassword)
        #expect(issuer.fetches == 1)
        clock.withLock { $0 += 61 }
        #expect(await signIn(try issuer.token(.p256(new), id: "2")) == signedIn)
        #expect(await signIn(try issuer.token(.p256(ec))) == .wrongPassword)
        #expect(issuer.fetches == 2)
    }

    @Test("is an outage while its issuer is down, unless the keys are known; they count for a day")
    func down() async throws {
        let clock = Mutex(Int64(Date().timeIntervalSince1970))
        let backend = try authenticator { clock.withLock { $0 } }
        func signIn() async throws -> SignInOutcome {
            let now = clock.withLock { $0 }
            let token = try issuer.token(.p256(ec), times: #""exp":\#(now + 300)"#)
            return await backend.signIn(account, password: Array(token.utf8))
        }
        guard case .failed(let failure) = try await signIn() else {
            Issue.record("nobody listens, and it signs in or out")
            return
        }
        #expect(failure.isOutage && failure.problem.contains(issuer.url))
        try await issuer.start()
        clock.withLock { $0 += 2 }
        #expect(try await signIn() == signedIn)
        issuer.stop()
        clock.withLock { $0 += 7_200 }
        #expect(try await signIn() == signedIn)
        clock.withLock { $0 += 86_400 }
        guard case .failed = try await signIn() else {
            Issue.record("keys of the day before yesterday count")
            return
        }
    }

    @Test("signs nobody in when the discovery document is another issuer's, or leads off TLS")
    func discovery() async throws {
        try await issuer.start()
        for (other, keys) in [("https://elsewhere.example", nil), (nil, "http://elsewhere.example/jwks")] {
            try issuer.discovery(issuer: other, keys: keys)
            let state = try BackendFolder.state(section())
            guard case .failed(let failure) = await state.signIn(account, try issuer.token(.p256(ec))) else {
                Issue.record("it signs in or out")
                continue
            }
            #expect(!failure.isOutage)
        }
    }

    @Test("is verified with keys that came by TLS from whom ca_certificate vouches for")
    func secure() async throws {
        let secure = try TokenIssuer(folder, isSecure: true)
        let made = try await ServerTool.shell(
            """
            cd \(folder.path) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
            -subj /CN=issuer -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out ca.pem 2>/dev/null \
            && cat key.pem ca.pem > server.pem
            """)
        try #require(made == 0)
        try await secure.start()
        let token = try secure.token(.p256(ec))
        let text = section().replacing(issuer.url, with: secure.url)
        guard case .failed(let failure) = await (try BackendFolder.state(text)).signIn(account, token) else {
            Issue.record("a certificate that nobody vouches for is believed")
            return
        }
        #expect(failure.isOutage)
        let trusting = text.replacing("timeout: 30s", with: "timeout: 30s\n    ca_certificate: \(folder.path)/ca.pem")
        let state = try BackendFolder.state(trusting)
        #expect(await state.signIn(account, token) == signedIn)
    }

    @Test("gives docker login an access token, and no refresh token, which would outlive the job")
    func refresh() async throws {
        try await issuer.start()
        let service = AuthService(
            try BackendFolder.settings(section()), pool: PasswordPool(threads: 1),
            database: try AuthDatabase(path: "\(folder.path)/auth.sqlite"), logger: Logger(label: "test"))
        let credentials = Base64.text(Array("\(account):\(try issuer.token(.p256(ec)))".utf8), as: .standard)
        let answer = await service.answer(
            IncomingRequest(
                method: "GET", target: "/auth?account=ci-team%2Fapp&client_id=docker&offline_token=true&service=s",
                headers: [.authorization: "Basic \(credentials)"]), logger: Logger(label: "test"))
        let body = try JSONReader.read(answer.body)
        #expect(body["access_token"]?.string != nil)
        #expect(body["refresh_token"] == nil)
    }

    @Test("needs settings that let nobody in by mistake")
    func settings() throws {
        #expect(BackendFolder.problems(section()).contains("without TLS"))
        for (from, to, words) in [
            (issuer.url, "http://gitlab.example", "https"),
            (issuer.url, "http://127.0.0.1:80@elsewhere.example", "https"),
            ("claims: {project_path: team/*}", "", "claims"), ("claims:", "claim:", "claim"),
            ("{project_path: team/*}", "{project_path: '/(/'}", "regular expression"),
            ("audience: registry.example", "", "audience"), ("${claim:project_path}", "${project_path}", "placeholder"),
            ("[ci]", "['${claim:x}']", "placeholder"), ("timeout: 30s", "ca_certificate: /nowhere.pem", "nowhere"),
        ] {
            let text = section().replacing(from, with: to)
            #expect(throws: (any Error).self, "\(to)") { try BackendFolder.settings(text) }
            #expect(BackendFolder.problems(text).contains(words), "\(to): \(BackendFolder.problems(text))")
        }
        #expect(throws: (any Error).self) { try BackendFolder.settings("ci_auth: []\nacl: []") }
    }

    private func authenticator(now: @escaping @Sendable () -> Int64) throws -> any Authenticator {
        let settings = try #require(try BackendFolder.settings(section()).backends.first as? WorkloadTokenSettings)
        let context = BackendContext(pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
        return try #require(settings.make(context, now: now).authenticator)
    }
}

import HTTPService
import BundleConfig
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("The auth service")
struct AuthServiceTests {
    private static let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"
    private static let authorization = "Basic dGVzdDoxMjM="

    private func settings(users: String, acl: String, key: String = "p256") throws -> AuthSettings {
        let file = """
            server: {addr: ":5001"}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/\(key).crt, \
            key: \(TestKeys.folder)/\(key).key}
            users: \(users)
            acl: \(acl)
            """
        return try AuthSettings(try .parse(file, file: "auth.yml"))
    }

    private func ask(_ service: AuthService, _ target: String, signedIn: Bool = true) async -> OutgoingAnswer {
        let headers: HTTPFields = signedIn ? [.authorization: Self.authorization] : [:]
        return await service.answer(
            IncomingRequest(method: "GET", target: target, headers: headers), logger: Logger(label: "test"))
    }

    @Test("swaps users, rules and key on reload, and forgets remembered passwords")
    func reload() async throws {
        let known = "{test: {password: \"\(Self.hash)\"}}"
        let pull = "[{match: {account: test}, actions: [pull]}]"
        let service = AuthService(
            try settings(users: known, acl: pull), pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
        let scope = "/auth?service=s&scope=repository:x:pull,push"
        #expect(await ask(service, scope).status == .ok)
        #expect(await ask(service, scope).status == .ok)

        let other = "{test: {password: \"\(Self.hash.replacing("ya", with: "yb"))\"}}"
        service.replace(try settings(users: other, acl: pull))
        #expect(await ask(service, scope).status == .unauthorized)

        let push = "[{match: {account: test}, actions: [push]}]"
        service.replace(try settings(users: known, acl: push, key: "rsa"))
        let answer = await ask(service, scope)
        let token = try JSONReader.read(answer.body).text("token")
        let verifier = try TokenVerifier(
            certificates: try TextFile.read("\(TestKeys.folder)/rsa.crt"), issuer: "a", service: "s")
        let verified = try await verifier.verify(token)
        #expect(verified.access == [ScopeAccess(type: "repository", name: "x", actions: ["push"])])
    }

    @Test("says on /healthz when a reload was refused")
    func health() async throws {
        let service = AuthService(
            try settings(users: "{}", acl: "[]"), pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
        #expect(String(decoding: await ask(service, "/healthz").body, as: UTF8.self) == #"{"status":"ok"}"#)
        service.keepOld(because: "auth.yml:3: bad")
        let answer = await ask(service, "/healthz")
        #expect(answer.status == .ok)
        #expect(try JSONReader.read(answer.body)["reload"]?.string == "refused: auth.yml:3: bad")
        service.replace(try settings(users: "{}", acl: "[]"))
        #expect(try JSONReader.read(await ask(service, "/healthz").body)["reload"] == nil)
    }

    @Test("tells clients when the token was issued, with a fraction, and for how long")
    func issuedAt() async throws {
        let service = AuthService(
            try settings(users: "{test: {password: \"\(Self.hash)\"}}", acl: "[]"), pool: PasswordPool(threads: 1),
            logger: Logger(label: "test"))
        let body = try JSONReader.read(await ask(service, "/auth?service=s").body)
        #expect(body["expires_in"] == .integer(60))
        #expect(body.text("issued_at").wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
    }

    @Test("refuses more scopes than anyone asks for")
    func manyScopes() async throws {
        let service = AuthService(
            try settings(users: "{test: {password: \"\(Self.hash)\"}}", acl: "[]"), pool: PasswordPool(threads: 1),
            logger: Logger(label: "test"))
        let scopes = String(repeating: "&scope=repository:x:pull", count: 101)
        let answer = await ask(service, "/auth?service=s\(scopes)")
        #expect(answer.status == .badRequest)
        #expect(String(decoding: answer.body, as: UTF8.self) == "Bad request: more than 100 scopes\n")
    }

    @Test("shows the issuer at its root, and no path but its own")
    func paths() async throws {
        let service = AuthService(
            try settings(users: "{}", acl: "[]"), pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
        #expect(String(decoding: await ask(service, "/").body, as: UTF8.self) == "<h1>a</h1>\n")
        for path in ["/auth/", "//auth", "/auth/token/", "/v2/", "/AUTH", "/auth%2Ftoken/x", "/%zz", ""] {
            #expect(await ask(service, path).status == .notFound, "\(path)")
        }
        #expect(await ask(service, "/%61uth", signedIn: false).status == .unauthorized)
    }
}

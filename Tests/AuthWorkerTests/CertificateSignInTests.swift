import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("A client's certificate at the token end-point", .timeLimit(.minutes(1)))
struct CertificateSignInTests {
    private static let scope = "service=s&scope=repository:web/app:pull,push"

    private func service(signsIn: Bool = true, database: AuthDatabase? = nil) throws -> AuthService {
        let file = """
            server: {addr: "/run/auth.sock", net: unix, real_ip_header: X-Real-IP}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, \
            key: \(TestKeys.folder)/p256.key}
            users: {alice: {password: "$2y$04$00000000000000000000000000000000000000000000000000000", labels: {team: [web]}}}
            acl: [{match: {account: "/.+/", name: "${labels:team}/*"}, actions: ["*"]}, \
            {match: {account: "ci robot"}, actions: [pull]}]
            client_certificates: \(signsIn)
            """
        return AuthService(
            try AuthSettings(try .parse(file, file: "auth.yml")), pool: PasswordPool(threads: 1), database: database,
            logger: Logger(label: "test"))
    }

    private func ask(
        _ service: AuthService, _ name: String?, query: String = Self.scope, authorization: String? = nil,
        peer: String = "@"
    ) async throws -> (status: Int, subject: String?, actions: [String], refresh: Bool) {
        var headers: HTTPFields = [:]
        if let field = HTTPField.Name("X-Dockmaster-Client-Name"), let name { headers[field] = name }
        if let field = HTTPField.Name("X-Dockmaster-Client-Fingerprint") {
            headers[field] = String(repeating: "a", count: 64)
        }
        if let field = HTTPField.Name("X-Real-IP") { headers[field] = "203.0.113.5" }
        headers[.authorization] = authorization
        let answer = await service.answer(
            IncomingRequest(method: "GET", target: "/auth?\(query)", headers: headers, peer: peer),
            logger: Logger(label: "test"))
        guard answer.status == .ok else { return (answer.status.code, nil, [], false) }
        let body = try JSONReader.read(answer.body)
        let payload = try #require(
            Base64.bytes(of: Array(body.text("access_token").split(separator: ".")[1].utf8), as: .url))
        let claims = try JSONReader.read(payload)
        return (
            200, claims.text("sub"), (claims["access"]?.array ?? []).flatMap { $0["actions"]?.strings ?? [] },
            body["refresh_token"] != nil
        )
    }

    @Test("signs in who sends nothing else, with the labels of a user of that name, and the access list decides")
    func signsIn() async throws {
        let service = try service()
        let alice = try await ask(service, "alice")
        #expect(alice.status == 200 && alice.subject == "alice" && alice.actions == ["pull", "push"])
        let robot = try await ask(service, "ci%20robot")
        #expect(robot.subject == "ci robot" && robot.actions == ["pull"])
        let stranger = try await ask(service, "mallory")
        #expect(stranger.status == 200 && stranger.subject == "mallory" && stranger.actions.isEmpty)
        #expect(try await ask(service, "alice", query: Self.scope + "&account=alice").subject == "alice")
    }

    @Test("is nobody's sign-in where it is not asked for, beside other credentials, or from elsewhere than the proxy")
    func doesNot() async throws {
        let service = try service()
        #expect(try await ask(try self.service(signsIn: false), "alice").status == 401)
        #expect(try await ask(service, "alice", peer: "127.0.0.1").status == 401)
        #expect(try await ask(service, nil).status == 401)
        for name in ["", "a%00b", "%0A", "%zz", String(repeating: "x", count: 256)] {
            #expect(try await ask(service, name).status == 401, "\(name)")
        }
        #expect(try await ask(service, "alice", query: Self.scope + "&account=bob").status == 401)
        // A wrong password is a wrong password.
        let wrong = "Basic " + Data("alice:wrong".utf8).base64EncodedString()
        #expect(try await ask(service, "alice", authorization: wrong).status == 401)
        #expect(try await ask(service, "alice", authorization: "Bearer x").status == 401)
    }

    @Test("gives no refresh token, which would outlive it")
    func noRefreshToken() async throws {
        let path = "\(NSTemporaryDirectory())dockmaster-auth-\(UUID().uuidString.prefix(8)).sqlite"
        let service = try service(database: try AuthDatabase(path: path))
        let alice = try await ask(service, "alice", query: Self.scope + "&offline_token=true")
        #expect(alice.subject == "alice" && !alice.refresh)
    }
}

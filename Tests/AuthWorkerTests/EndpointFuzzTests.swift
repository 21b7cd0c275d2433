import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("Whatever is sent to the token end-point", .timeLimit(.minutes(3)))
struct EndpointFuzzTests {
    private static let words = [
        "repository", "registry", "catalog", "team/app", ":", ",", " ", "*", "pull", "push", "", "%", "%2", "%00",
        "%C3%28", "+",
        "&", "=", "scope=", "account=", "service=", "grant_type=", "refresh_token", "password", "username=", "dmr_",
        "dmk_",
        "test", "a", "\u{0}", "é", "e\u{301}", "[", "]", "(", ")", "${account}", "../", "//", "host:5000/x", "\"", "\\",
        ";",
    ]

    /// Request after request from a seed, each of a few words.
    @Test("is answered with a status that is meant, and with the 400 in one line", arguments: [1, 2, 3] as [UInt64])
    func requests(seed: UInt64) async throws {
        let path = "\(NSTemporaryDirectory())dockmaster-auth-\(UUID().uuidString.prefix(8)).sqlite"
        let file = """
            server: {addr: ":5001", real_ip_header: X-Real-IP, real_ip_pos: -1}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, \
            key: \(TestKeys.folder)/p256.key}
            users: {"": {}, test: {}}
            acl: [{match: {account: "/(.*)/", name: "${account:1}/*"}, actions: ["*"]}]
            """
        let service = AuthService(
            try AuthSettings(try .parse(file, file: "auth.yml")), pool: PasswordPool(threads: 1),
            database: try AuthDatabase(path: path), logger: Logger(label: "test"))
        var generator = SeededGenerator(seed: seed)
        func text(_ count: Int) -> String {
            (0..<Int.random(in: 0...count, using: &generator))
                .map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined()
        }
        for number in 0..<2_000 {
            var headers: HTTPFields = [.realIP: ["10.0.0.1", "::1", text(3)].randomElement(using: &generator) ?? ""]
            if Bool.random(using: &generator) {
                headers[.authorization] = "Basic " + Base64.text(Array("\(text(2)):\(text(2))".utf8), as: .standard)
            }
            headers[.contentType] = "application/x-www-form-urlencoded"
            let request = IncomingRequest(
                method: ["GET", "POST", "PUT"].randomElement(using: &generator) ?? "GET", target: "/auth?\(text(10))",
                headers: headers, body: Array(text(12).utf8))
            let answer = await service.answer(request, logger: Logger(label: "test"))
            let comment: Comment = "\(seed)/\(number): \(request.query)"
            #expect([200, 400, 401, 429].contains(answer.status.code), comment)
            if answer.status == .badRequest, answer.headers[.contentType] != "application/json" {
                #expect(answer.body.filter { $0 == 0x0A }.count == 1 && answer.body.last == 0x0A, comment)
            } else if answer.status == .ok {
                #expect(throws: Never.self, comment) { try JSONReader.read(answer.body) }
            }
        }
    }

    @Test(
        "never grants a repository whose name no registry could have",
        arguments: [
            "../x", "Team/app", "team//app", "team/app/", "-x", "a..b", "host:x/team", "host:99999/team", "e\u{301}",
        ])
    func names(name: String) async throws {
        let file = """
            server: {addr: ":5001"}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, \
            key: \(TestKeys.folder)/p256.key}
            users: {"": {}}
            acl: [{match: {}, actions: ["*"]}]
            """
        let service = AuthService(
            try AuthSettings(try .parse(file, file: "auth.yml")), pool: PasswordPool(threads: 1),
            logger: Logger(label: "test"))
        let answer = await service.answer(
            IncomingRequest(method: "GET", target: "/auth?service=s&scope=repository:\(name):pull"),
            logger: Logger(label: "test"))
        let token = try JSONReader.read(answer.body).text("token")
        let payload = try #require(Base64.bytes(of: Array(token.split(separator: ".")[1].utf8), as: .url))
        #expect(try JSONReader.read(payload)["access"]?.array?.first?["actions"]?.strings == [])
    }

    @Test("is bounded: a scope that is longer than any is refused")
    func longScope() {
        #expect(throws: BadRequest.self) { try ScopeRequest("repository:\(String(repeating: "a", count: 1_024)):pull") }
    }
}

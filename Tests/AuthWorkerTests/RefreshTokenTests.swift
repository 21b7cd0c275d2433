import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("Refresh tokens and keys at the token end-point", .timeLimit(.minutes(2)))
struct RefreshTokenTests {
    private let database: AuthDatabase
    private let service: AuthService

    init() async throws {
        let path = "\(NSTemporaryDirectory())dockmaster-auth-\(UUID().uuidString.prefix(8)).sqlite"
        database = try AuthDatabase(path: path)
        try await database.addUser(
            "alice", hash: try PasswordHash.make(Secret("secret"), cost: 4), labels: Labels([("team", ["web"])]), now: 0
        )
        service = AuthService(
            try Self.settings(), pool: PasswordPool(threads: 1), database: database, logger: Logger(label: "test"))
    }

    private static func settings(users: String = "{\"\": {}}") throws -> AuthSettings {
        let file = """
            server: {addr: ":5001"}
            token: {issuer: a, expiration: 60, certificate: \(TestKeys.folder)/p256.crt, \
            key: \(TestKeys.folder)/p256.key}
            users: \(users)
            acl: [{match: {account: "/.+/", name: "${labels:team}/*"}, actions: ["*"]}, \
            {match: {account: bob}, actions: [pull]}]
            """
        return try AuthSettings(try .parse(file, file: "auth.yml"))
    }

    private func get(_ query: String, _ user: String, _ password: String) async -> OutgoingAnswer {
        var bytes: [UInt8] = []
        Base64.append(Array("\(user):\(password)".utf8), as: .standard, to: &bytes)
        let header = "Basic " + String(decoding: bytes, as: UTF8.self)
        return await service.answer(
            IncomingRequest(method: "GET", target: "/auth?\(query)", headers: [.authorization: header]),
            logger: Logger(label: "test"))
    }

    private func post(_ form: String) async -> OutgoingAnswer {
        await service.answer(
            IncomingRequest(
                method: "POST", target: "/auth",
                headers: [.contentType: "application/x-www-form-urlencoded; charset=utf-8"], body: Array(form.utf8)),
            logger: Logger(label: "test"))
    }

    private func actions(_ answer: OutgoingAnswer) throws -> [[String]] {
        let token = try JSONReader.read(answer.body).text("access_token")
        let payload = try #require(Base64.bytes(of: Array(token.split(separator: ".")[1].utf8), as: .url))
        return (try JSONReader.read(payload)["access"]?.array ?? []).map { $0["actions"]?.strings ?? [] }
    }

    /// What docker login sends.
    private func logIn(_ user: String = "alice", _ password: String = "secret") async throws -> String {
        let answer = await get("account=\(user)&client_id=docker&offline_token=true&service=s", user, password)
        #expect(answer.headers[.cacheControl] == "no-store")
        return try JSONReader.read(answer.body).text("refresh_token")
    }

    /// What docker sends when it holds an identity token, the parameters in Go's order.
    private func dockerForm(_ refresh: String, scope: String, service: String = "s") -> String {
        "client_id=docker&grant_type=refresh_token&refresh_token=\(refresh)&scope=\(scope)&service=\(service)"
    }

    @Test("serve docker login, and docker's form after it as often as it likes")
    func docker() async throws {
        let refresh = try await logIn()
        #expect(refresh.hasPrefix("dmr_"))
        for _ in 0..<2 {
            let answer = await post(dockerForm(refresh, scope: "repository%3Aweb%2Fapp%3Apull%2Cpush"))
            #expect(answer.status == .ok)
            #expect(try actions(answer) == [["pull", "push"]])
            #expect(try JSONReader.read(answer.body).text("refresh_token") == refresh)
        }
        #expect(try JSONReader.read(await get("service=s", "alice", "secret").body)["refresh_token"] == nil)
    }

    @Test("serve containerd's form with a password, several scopes in one value")
    func containerd() async throws {
        let form =
            "access_type=offline&client_id=containerd-client&grant_type=password&password=secret"
            + "&scope=repository%3Aweb%2Fa%3Apull+repository%3Aother%2Fb%3Apull&service=s&username=alice"
        let answer = await post(form)
        #expect(try actions(answer) == [["pull"], []])
        #expect(try JSONReader.read(answer.body).text("refresh_token").hasPrefix("dmr_"))
    }

    @Test("end with another password, with the user, at another service, and at a logout")
    func revocation() async throws {
        let scope = "repository%3Aweb%2Fapp%3Apull"
        let first = try await logIn()
        #expect(await post(dockerForm(first, scope: scope, service: "other")).status == .badRequest)
        try await database.setPassword(of: "alice", hash: try PasswordHash.make(Secret("new"), cost: 4), now: 1)
        #expect(await post(dockerForm(first, scope: scope)).status == .badRequest)

        let second = try await logIn("alice", "new")
        #expect(try await database.removeRefreshTokens(of: "alice") == 1)
        let answer = await post(dockerForm(second, scope: scope))
        #expect(answer.status == .badRequest)
        #expect(try JSONReader.read(answer.body)["error"]?.string == "invalid_grant")

        let third = try await logIn("alice", "new")
        try await database.removeUser("alice")
        #expect(await post(dockerForm(third, scope: scope)).status == .badRequest)
    }

    @Test("of a user of the file end when the file has another hash")
    func fileUsers() async throws {
        let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"
        let users = { (hash: String) in "{bob: {password: \"\(hash)\"}}" }
        service.replace(try Self.settings(users: users(hash)), database: database)
        let refresh = try await logIn("bob", "123")
        let form = dockerForm(refresh, scope: "repository%3Ax%3Apull")
        #expect(try actions(await post(form)) == [["pull"]])
        service.replace(try Self.settings(users: users(hash.replacing("ya", with: "yb"))), database: database)
        #expect(await post(form).status == .badRequest)
    }

    @Test("are refused in OAuth's words")
    func errors() async throws {
        for (form, error) in [
            ("grant_type=refresh_token&service=s", "invalid_request"),
            ("grant_type=refresh_token&refresh_token=dmr_x&service=s", "invalid_grant"),
            ("grant_type=client_credentials&service=s", "unsupported_grant_type"),
        ] {
            let answer = await post(form)
            #expect(answer.status == .badRequest)
            #expect(try JSONReader.read(answer.body)["error"]?.string == error)
        }
    }

    @Test("are not given without a database, nor to anonymous")
    func withoutDatabase() async throws {
        let plain = AuthService(try Self.settings(), pool: PasswordPool(threads: 1), logger: Logger(label: "test"))
        for target in [plain, service] {
            let answer = await target.answer(
                IncomingRequest(method: "GET", target: "/auth?offline_token=true&service=s"),
                logger: Logger(label: "test"))
            #expect(answer.status == .ok)
            #expect(try JSONReader.read(answer.body)["refresh_token"] == nil)
        }
    }

    @Test("A key stands for its owner's password, with less than the owner's rights, and so do its refresh tokens")
    func keys() async throws {
        let key = APIKey(
            name: "ci", owner: "alice", repositories: ["web/app"], actions: ["pull"], created: 0, expires: nil)
        let secret = try await database.addKey(key)
        let scopes = "service=s&scope=repository:web/app:pull,push&scope=repository:web/b:pull"
        #expect(try actions(await get(scopes, "alice", secret)) == [["pull"], []])
        #expect(await get(scopes, "bob", secret).status == .unauthorized)

        let refresh = try await logIn("alice", secret)
        let form = dockerForm(refresh, scope: "repository%3Aweb%2Fapp%3Apull%2Cpush")
        #expect(try actions(await post(form)) == [["pull"]])
        try await database.revokeKey("ci", owner: "alice")
        #expect(await post(form).status == .badRequest)
        #expect(await get(scopes, "alice", secret).status == .unauthorized)
    }

    @Test("An expired key, and one whose owner is gone, sign nobody in")
    func deadKeys() async throws {
        var key = APIKey(name: "old", owner: "alice", repositories: [], actions: [], created: 0, expires: 1)
        let expired = try await database.addKey(key)
        #expect(await get("service=s", "alice", expired).status == .unauthorized)
        key.owner = "nobody"
        key.expires = nil
        let orphan = try await database.addKey(key)
        #expect(await get("service=s", "nobody", orphan).status == .unauthorized)
    }
}

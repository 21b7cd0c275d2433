import BundleConfig
import Foundation
import HTTPService
import HTTPTypes
import Logging
import Testing

@testable import AuthWorker

/// Redis itself, started once for the process.
private enum Redis {
    static let port = Int.random(in: 30_000...31_999)
    static let folder = "\(NSTemporaryDirectory())dockmaster-redis-\(getpid())"

    static func run(_ argument: String) async throws {
        try await ServerTool.run("redis.sh", argument, ["REDIS_DIR": folder, "REDIS_PORT": "\(port)"])
    }

    /// By a command: a daemon of this process may have inherited that it does not hear SIGTERM.
    static func stop() async throws {
        try await ServerTool.shell("redis-cli -p \(port) -a testpw --no-auth-warning shutdown nosave")
    }

    static func section(password: String = "testpw") -> String {
        "redis_token_db: {redis_options: {addr: \"127.0.0.1:\(port)\", password: \(password), db: 2}, token_hash_cost: 4}"
    }

    static func settings(_ password: String = "testpw") throws -> RedisSettings {
        var reading = ConfigurationReading()
        let node = try ConfigurationNode.parse(section(password: password), file: nil)
        let options = try #require(node["redis_token_db"])
        return try #require(RedisSettings(options, reading: &reading))
    }
}

@Suite("The passwords of browsers' sign-ins", .serialized, .timeLimit(.minutes(3)))
struct SignInStoreTests {
    @Test("are kept in Redis as docker_auth keeps them, and those that it has made count")
    func redis() async throws {
        try await Redis.run("start")
        let fixture = try await BrowserFixture { BrowserFixture.openID($0, more: Redis.section()) }
        let password = try #require(try await fixture.browser.signIn().password)
        #expect(await fixture.token("u@x.com", password).status == .ok)
        #expect(await fixture.token("u@x.com", "wrong").status == .unauthorized)
        #expect(await fixture.token("stranger", password).status == .unauthorized)
        let reply = try await RedisExchange.run([["GET", "t:u@x.com"]], of: Redis.settings(), nil)
        guard case .text(let json) = reply.first else {
            Issue.record("\(reply)")
            return
        }
        #expect(json.contains(#""docker_password":"$2b$04$"#))
        #expect(json.contains(#""token_type":"Bearer""#))
        #expect(!json.contains(password))

        // Of docker_auth: Go's time with an offset and a fraction, and a hash of its own; the password is 123.
        let theirs =
            #"{"token_type":"Bearer","access_token":"a","valid_until":"2099-01-02T03:04:05.123456789+01:00","#
            + #""docker_password":"$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya","labels":{"groups":["g"]}}"#
        _ = try await RedisExchange.run([["SET", "t:old", theirs]], of: Redis.settings(), nil)
        let answer = await fixture.token("old", "123", scope: "repository:g/x:push")
        #expect(try BrowserFixture.actions(answer) == [["push"]])
        #expect(try await fixture.service.state.forget("old") == 1)
        #expect(await fixture.token("old", "123").status == .unauthorized)

        await #expect(throws: BackendFailure(problem: "Redis refuses: WRONGPASS", isOutage: false)) {
            try await RedisExchange.run([["GET", "x"]], of: Redis.settings("other"), nil)
        }
        try await Redis.stop()
        try await ServerTool.wait { await fixture.token("u@x.com", password).status == .serviceUnavailable }
        #expect(await fixture.token("test", "123").status == .ok)
        try await Redis.run("start")
        try await ServerTool.wait { await fixture.token("u@x.com", password).status == .unauthorized }
        try await Redis.stop()
    }

    @Test("are kept beside docker_auth's LevelDB folder where no database is named, for their owner alone")
    func file() async throws {
        let fixture = try await BrowserFixture()
        let place = "\(fixture.folder.path)/tokens.ldb"
        let section = BrowserFixture.openID(fixture.provider.url, more: "level_token_db: {path: \(place)}")
        let service = try BrowserFixture.service(section, nil)
        let password = try #require(try await Browser(service, fixture.provider).signIn().password)
        let mode = try FileManager.default.attributesOfItem(atPath: "\(place).sqlite")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let next = try BrowserFixture.service(section, nil)
        #expect(await BrowserFixture.token(next, "u@x.com", password).status == .ok)
        // One that others may read is not used, and nobody slips by.
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(place).sqlite")
        let wide = try BrowserFixture.service(section, nil)
        #expect(await BrowserFixture.token(wide, "u@x.com", password).status == .internalServerError)
    }

    @Test("are kept in memory where no place is named")
    func memory() async throws {
        let fixture = try await BrowserFixture()
        let service = try BrowserFixture.service(
            BrowserFixture.openID(fixture.provider.url, more: "http_timeout: 5s"), nil)
        let password = try #require(try await Browser(service, fixture.provider).signIn().password)
        #expect(await BrowserFixture.token(service, "u@x.com", password).status == .ok)
    }

    @Test("are not given back by a renewal that was begun before the next sign-in")
    func race() async throws {
        let fixture = try await BrowserFixture()
        let store = EmbeddedSignInStore(queue: fixture.database.queue, backend: "oidc_auth")
        var record = SignInRecord()
        record.passwordHash = "new"
        try await store.keep(record, of: "a")
        record.passwordHash = "old"
        record.validUntil = 9
        try await store.renew(record, of: "a")
        #expect(try await store.record(of: "a")?.passwordHash == "new")
        #expect(try await store.record(of: "a")?.validUntil == 0)
    }
}

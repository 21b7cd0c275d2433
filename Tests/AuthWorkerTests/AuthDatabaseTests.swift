import BundleConfig
import Foundation
import HTTPService
import Testing

@testable import AuthWorker

@Suite("The embedded database", .timeLimit(.minutes(2)))
struct AuthDatabaseTests {
    private let path = "\(NSTemporaryDirectory())dockmaster-auth-\(UUID().uuidString.prefix(8)).sqlite"

    private func key(_ name: String, owner: String = "alice", expires: Int64? = nil) -> APIKey {
        APIKey(name: name, owner: owner, repositories: [], actions: [], created: 100, expires: expires)
    }

    private func token(_ account: String, at now: Int64 = 100) -> RefreshToken {
        RefreshToken(
            account: account, service: "s", authenticator: "users", stamp: [1], labels: Labels([("g", ["w"])]),
            keyHash: nil, created: now, expires: now + 50)
    }

    @Test("is for its owner alone, and refused when others can read it")
    func mode() throws {
        _ = try AuthDatabase(path: path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: AuthDatabaseProblem.tooWide(path: path, mode: "0640")) { try AuthDatabase(path: path) }
        #expect(throws: AuthDatabaseProblem.self) { try AuthDatabase(path: "/nowhere/x.sqlite") }
    }

    @Test("keeps users, also for the next process")
    func users() async throws {
        let database = try AuthDatabase(path: path)
        let hash = try PasswordHash.make(Secret("secret"), cost: 4)
        try await database.addUser("alice", hash: hash, labels: Labels([("group", ["web"])]), now: 100)
        await #expect(throws: AuthDatabaseProblem.exists("user alice")) {
            try await database.addUser("alice", hash: hash, labels: .none, now: 100)
        }
        let user = try #require(try AuthDatabase(path: path).user(Array("alice".utf8)))
        #expect(user.labels == Labels([("group", ["web"])]))
        #expect(user.password == PasswordHash(hash))
        await #expect(throws: AuthDatabaseProblem.absent("user bob")) { try await database.removeUser("bob") }
        try await database.removeUser("alice")
        #expect(database.user(Array("alice".utf8)) == nil)
    }

    @Test("hashes a password over bcrypt's 72 bytes by its digest, so that no byte of it is ignored")
    func longPasswords() async throws {
        let pool = PasswordPool(threads: 1)
        let long = String(repeating: "a", count: 80)
        let database = try AuthDatabase(path: path)
        try await database.addUser(
            "alice", hash: try PasswordHash.make(Secret(long + "1"), cost: 4), labels: .none, now: 0)
        let users = StaticUsers([], pool: pool, database: database)
        #expect(await users.signIn("alice", password: Array((long + "1").utf8)) == .signedIn(labels: .none))
        #expect(await users.signIn("alice", password: Array((long + "2").utf8)) == .wrongPassword)
        #expect(throws: AuthDatabaseProblem.badPassword("is empty")) { try PasswordHash.make(Secret("")) }
        #expect(throws: AuthDatabaseProblem.badPassword("holds a NUL")) { try PasswordHash.make(Secret("a\u{0}b")) }
    }

    @Test("forgets a remembered password as soon as the user has another one")
    func passwordChange() async throws {
        let database = try AuthDatabase(path: path)
        try await database.addUser(
            "alice", hash: try PasswordHash.make(Secret("old"), cost: 4), labels: .none, now: 0)
        let users = StaticUsers([], pool: PasswordPool(threads: 1), database: database)
        #expect(await users.signIn("alice", password: Array("old".utf8)) == .signedIn(labels: .none))
        #expect(users.remembers("alice", password: Array("old".utf8)))
        try await database.setPassword(of: "alice", hash: try PasswordHash.make(Secret("new"), cost: 4), now: 1)
        #expect(!users.remembers("alice", password: Array("old".utf8)))
        #expect(await users.signIn("alice", password: Array("old".utf8)) == .wrongPassword)
        #expect(await users.signIn("alice", password: Array("new".utf8)) == .signedIn(labels: .none))
    }

    @Test("keeps of keys and refresh tokens what tells them, and nothing that can be used")
    func secrets() async throws {
        let database = try AuthDatabase(path: path)
        let secret = try await database.addKey(key("ci"))
        let refresh = try await database.addRefreshToken(token("alice"))
        #expect(secret.hasPrefix("dmk_") && secret.utf8.count == 47)
        #expect(database.key(RandomSecret.hash(secret.utf8))?.name == "ci")
        #expect(try await database.refreshToken(refresh, now: 120)?.labels == Labels([("g", ["w"])]))
        #expect(try await database.refreshToken(refresh, now: 150) == nil)
        #expect(try await database.refreshToken(refresh + "x", now: 120) == nil)
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.range(of: Data(secret.utf8)) == nil && bytes.range(of: Data(refresh.utf8)) == nil)
    }

    @Test("ends keys one by one, several of one owner side by side")
    func keys() async throws {
        let database = try AuthDatabase(path: path)
        let first = try await database.addKey(key("ci"))
        let second = try await database.addKey(key("laptop"))
        await #expect(throws: AuthDatabaseProblem.exists("key ci of alice")) { try await database.addKey(key("ci")) }
        let stored = try #require(database.key(RandomSecret.hash(first.utf8)))
        try await database.noteUse(of: stored, now: 500)
        #expect(database.key(RandomSecret.hash(first.utf8))?.used == 500)
        try await database.revokeKey("ci", owner: "alice")
        #expect(database.key(RandomSecret.hash(first.utf8)) == nil)
        #expect(database.key(RandomSecret.hash(second.utf8)) != nil)
        await #expect(throws: AuthDatabaseProblem.absent("key ci of alice")) {
            try await database.revokeKey("ci", owner: "alice")
        }
    }

    @Test("keeps no more refresh tokens of an account than its limit, the newest")
    func refreshLimit() async throws {
        let database = try AuthDatabase(path: path)
        let oldest = try await database.addRefreshToken(token("alice"))
        for _ in 0..<AuthDatabase.refreshTokenLimit { _ = try await database.addRefreshToken(token("alice", at: 101)) }
        #expect(try await database.refreshToken(oldest, now: 110) == nil)
        #expect(try await database.removeRefreshTokens(of: "alice") == AuthDatabase.refreshTokenLimit)
    }

    @Test("narrows what a key's owner may do by repository and action")
    func narrowing() {
        var key = key("ci")
        #expect(key.narrowed(["pull", "push"], type: "repository", name: "x") == ["pull", "push"])
        key.actions = ["pull"]
        #expect(key.narrowed(["pull", "push"], type: "repository", name: "x") == ["pull"])
        key.repositories = ["team/*", "/^lib-/"]
        #expect(key.narrowed(["pull"], type: "repository", name: "team/app") == ["pull"])
        #expect(key.narrowed(["pull"], type: "repository", name: "lib-x") == ["pull"])
        #expect(key.narrowed(["pull"], type: "repository", name: "other").isEmpty)
        #expect(key.narrowed(["pull"], type: "registry", name: "team/app").isEmpty)
    }
}

import HTTPService
import BundleConfig
import CCrypt
import Testing

@testable import AuthWorker

@Suite("Static users")
struct StaticUsersTests {
    /// "123" at cost 5.
    private static let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"

    private func users(_ list: [(name: String, user: StaticUser)]) -> StaticUsers {
        StaticUsers(list, pool: PasswordPool(threads: 2))
    }

    private func user(_ hash: String = Self.hash) throws -> StaticUser {
        StaticUser(password: .bcrypt(try #require(BcryptHash(hash))), labels: Labels([("group", ["web"])]))
    }

    @Test("sign in with their password only, again from the cache")
    func passwords() async throws {
        let users = users([("test", try user())])
        for _ in 0..<2 {
            #expect(
                await users.signIn("test", password: Array("123".utf8))
                    == .signedIn(labels: Labels([("group", ["web"])])))
            #expect(await users.signIn("test", password: Array("124".utf8)) == .wrongPassword)
            #expect(await users.signIn("test", password: []) == .wrongPassword)
            #expect(await users.signIn("test", password: Array("123".utf8) + [0]) == .wrongPassword)
            #expect(await users.signIn("Test", password: Array("123".utf8)) == .unknownAccount)
            #expect(await users.signIn("", password: []) == .unknownAccount)
        }
    }

    @Test("without a password take any, with a broken hash none")
    func oddPasswords() async throws {
        let users = users([
            ("open", StaticUser(password: .any, labels: .none)),
            ("shut", StaticUser(password: .unusable, labels: .none)),
        ])
        #expect(await users.signIn("open", password: Array("x".utf8)) == .signedIn(labels: .none))
        #expect(await users.signIn("open", password: []) == .signedIn(labels: .none))
        #expect(await users.signIn("shut", password: []) == .wrongPassword)
    }

    @Test("hashes are read whole or not at all")
    func hashes() {
        #expect(BcryptHash(Self.hash)?.cost == 5)
        for text in [
            "", "plaintext", String(Self.hash.dropLast()), Self.hash + "x", Self.hash.replacing("$2y$", with: "$2x$"),
            Self.hash.replacing("$05$", with: "$03$"), Self.hash.replacing("$05$", with: "$xx$"),
            Self.hash.replacing("W", with: "é"), Self.hash.replacing("W", with: "!"),
        ] {
            #expect(BcryptHash(text) == nil, "\(text)")
        }
    }

    @Test("hashes of all three names are one, and end at 72 bytes")
    func variants() async throws {
        let pool = PasswordPool(threads: 1)
        for name in ["$2a$", "$2b$", "$2y$"] {
            let hash = try #require(BcryptHash(Self.hash.replacing("$2y$", with: name)))
            #expect(await pool.verify(Array("123".utf8), against: hash) == true)
        }
        // Made by crypt(3) itself for 72 times "a".
        let scratch = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        scratch.initialize(to: crypt_data())
        defer { scratch.deallocate() }
        let long = String(repeating: "a", count: 72)
        let made = try #require(crypt_r(long, "$2b$04$abcdefghijklmnopqrstuu", scratch))
        let hash = try #require(BcryptHash(String(cString: made)))
        #expect(await pool.verify(Array((long + "b").utf8), against: hash) == true)
        #expect(await pool.verify(Array(long.utf8.dropLast()), against: hash) == false)
    }

    @Test("that do not exist cost what those that do: a comparison with a decoy of the cost that most have")
    func decoy() async throws {
        let accounts = [
            ("a", try user(Self.hash)), ("b", try user(Self.hash)),
            ("c", try user(Self.hash.replacing("$05$", with: "$10$"))),
        ]
        #expect(StaticUsers(accounts, pool: PasswordPool(threads: 1, limit: 4)).decoy?.cost == 5)
        // Where nothing may wait to be compared, a stranger is turned away like a user: a comparison was asked for.
        let closed = StaticUsers(accounts, pool: PasswordPool(threads: 1, limit: 0))
        #expect(await closed.signIn("a", password: [1]) == .busy)
        #expect(await closed.signIn("ghost", password: [1]) == .busy)
    }

    @Test("beyond the queue's limit are turned away at once")
    func queue() async throws {
        let pool = PasswordPool(threads: 1, limit: 4)
        let hash = try #require(BcryptHash(Self.hash.replacing("$05$", with: "$09$")))
        let answers = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<40 { group.addTask { await pool.verify([1], against: hash) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.contains(nil))
        #expect(answers.contains(false))
        #expect(!answers.contains(true))
    }

    @Test("are remembered under names that do not run together, and forgotten when there are too many")
    func cache() {
        let cache = CredentialCache(capacity: 2)
        #expect(cache.name(account: "a", password: Array("bc".utf8)) != cache.name(account: "ab", password: [0x63]))
        #expect(cache.name(account: "a", password: [1]) != CredentialCache().name(account: "a", password: [1]))
        let names = (0..<5).map { cache.name(account: "a", password: [UInt8($0)]) }
        for name in names { cache.remember(name) }
        #expect(cache.contains(names[4]))
        #expect(!cache.contains(names[0]))
    }
}

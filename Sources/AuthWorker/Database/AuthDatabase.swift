internal import CLinux
internal import Foundation
internal import GRDB
internal import Glibc
internal import Synchronization

/// The worker's own users, API keys and refresh tokens, in one SQLite file that this process alone writes.
///
/// - Users and keys are few and asked for with each token: they are kept in memory, and read anew after each change.
/// - Secrets: passwords as bcrypt hashes; keys and refresh tokens, which are 256 random bits, as SHA-256.
/// - Durable: a change is synced before it is answered (SQLite's rollback journal, synchronous FULL).
/// - Threads: SQLite runs on GRDB's own queue, never on the pool that serves requests.
final class AuthDatabase: Sendable {
    struct Snapshot: Sendable {
        /// By the name's bytes.
        var users: [[UInt8]: StoredUser] = [:]
        /// By the secret's SHA-256.
        var keys: [[UInt8]: APIKey] = [:]
    }

    let path: String
    let queue: DatabaseQueue
    private let snapshot = Mutex(Snapshot())

    /// Opens the file, or makes it with mode 0600.
    /// - Throws: when others can read it, or it is no database of ours.
    init(path: String) throws(AuthDatabaseProblem) {
        self.path = path
        try Self.secure(path)
        do {
            var configuration = Configuration()
            configuration.label = "auth"
            configuration.foreignKeysEnabled = true
            configuration.busyMode = .timeout(5)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(queue)
            let first = try queue.read { try Self.read($0) }
            snapshot.withLock { $0 = first }
        } catch {
            throw .unusable(path: path, reason: "\(error)")
        }
    }

    /// Of this process alone.
    static func inMemory() throws(AuthDatabaseProblem) -> AuthDatabase { try AuthDatabase(memory: ()) }

    private init(memory: Void) throws(AuthDatabaseProblem) {
        path = ":memory:"
        do {
            queue = try DatabaseQueue()
            try Self.migrator.migrate(queue)
        } catch {
            throw .unusable(path: path, reason: "\(error)")
        }
    }

    var users: [[UInt8]: StoredUser] { snapshot.withLock { $0.users } }
    var keys: [[UInt8]: APIKey] { snapshot.withLock { $0.keys } }

    var hasUsers: Bool { snapshot.withLock { !$0.users.isEmpty } }

    func user(_ name: [UInt8]) -> StoredUser? { snapshot.withLock { $0.users[name] } }
    func key(_ hash: [UInt8]) -> APIKey? { snapshot.withLock { $0.keys[hash] } }

    /// Changes users or keys; what is in memory follows before this returns.
    func change<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await queue.write { [self] database in
            let value = try body(database)
            let next = try Self.read(database)
            // On the queue: what is in memory follows the commits in their order.
            database.afterNextTransaction { [self] _ in snapshot.withLock { $0 = next } }
            return value
        }
    }

    private static func read(_ database: Database) throws -> Snapshot {
        var snapshot = Snapshot()
        for row in try Row.fetchAll(database, sql: "SELECT * FROM user") {
            let user = StoredUser(row)
            snapshot.users[Array(user.name.utf8)] = user
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM api_key") {
            let hash: [UInt8] = Array((row["hash"] as Data?) ?? Data())
            snapshot.keys[hash] = APIKey(row)
        }
        return snapshot
    }

    /// Makes the file for its owner alone, or sees that it is.
    private static func secure(_ path: String) throws(AuthDatabaseProblem) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = clinux_status()
        guard clinux_fstat(descriptor, &status) == 0, status.mode & 0o077 == 0 else {
            throw .tooWide(path: path, mode: "0" + String(status.mode, radix: 8))
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE user (
                        name TEXT PRIMARY KEY NOT NULL, password TEXT NOT NULL, labels TEXT NOT NULL DEFAULT '{}',
                        created INTEGER NOT NULL, changed INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE api_key (
                        name TEXT NOT NULL, owner TEXT NOT NULL, hash BLOB NOT NULL UNIQUE,
                        repositories TEXT NOT NULL, actions TEXT NOT NULL,
                        created INTEGER NOT NULL, expires INTEGER, used INTEGER,
                        PRIMARY KEY (owner, name)
                    ) STRICT;
                    CREATE TABLE refresh_token (
                        hash BLOB PRIMARY KEY NOT NULL, account TEXT NOT NULL, service TEXT NOT NULL,
                        authenticator TEXT NOT NULL, stamp BLOB NOT NULL, labels TEXT NOT NULL, key_hash BLOB,
                        created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX refresh_token_account ON refresh_token (account, created);
                    """)
        }
        migrator.registerMigration("2") { database in
            try database.execute(
                sql: """
                    CREATE TABLE browser_sign_in (
                        backend TEXT NOT NULL, account TEXT NOT NULL, record TEXT NOT NULL,
                        PRIMARY KEY (backend, account)
                    ) STRICT;
                    """)
        }
        return migrator
    }
}

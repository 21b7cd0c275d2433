import Foundation
import GRDB
import Testing

@testable import AuthWorker

@Suite("Users and rules in an SQLite file", .timeLimit(.minutes(2)))
struct SQLiteBackendTests {
    /// "123" at cost 5.
    static let hash = "$2y$05$WuwBasGDAgr.QCbGIjKJaep4dhxeai9gNZdmBnQXqpKly57oNutya"
    /// As xorm makes them.
    static let tables = """
        CREATE TABLE `xorm_user` (`id` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, `username` TEXT NOT NULL,
            `password_hash` TEXT NOT NULL, `labels` TEXT NULL);
        CREATE TABLE `xorm_acl_entry` (`acl_entry` TEXT NULL, `seq` INTEGER NULL);
        """

    private let folder: BackendFolder
    private var file: String { "\(folder.path)/auth.db" }

    init() throws { folder = try BackendFolder() }

    private func execute(_ statement: String, _ arguments: StatementArguments = []) throws {
        try DatabaseQueue(path: file).write { try $0.execute(sql: statement, arguments: arguments) }
    }

    private func add(_ name: String, _ hash: String, _ labels: String?) throws {
        try execute(
            "INSERT INTO xorm_user (username, password_hash, labels) VALUES (?, ?, ?)", [name, hash, labels])
    }

    private func state(_ more: String = "") throws -> AuthState {
        try BackendFolder.state(
            """
            xorm_auth: {database_type: sqlite3, conn_string: "file:\(file)?cache=shared"\(more)}
            acl_xorm: {database_type: sqlite3, conn_string: "\(file)", cache_ttl: 0s\(more)}
            """)
    }

    @Test("sign in with labels; the newest row counts, and a change counts at once")
    func users() async throws {
        try execute(Self.tables)
        try add("alice", "old", nil)
        try add("alice", Self.hash, #"{"group": ["web"]}"#)
        try add("bob", Self.hash, nil)
        try add("broken", "not a hash", nil)
        try add("odd", Self.hash, "[]")
        try add("dear", Self.hash.replacing("$05$", with: "$20$"), nil)
        let state = try state()
        #expect(await state.signIn("alice", "123") == .signedIn(labels: Labels([("group", ["web"])])))
        #expect(await state.signIn("alice", "124") == .wrongPassword)
        #expect(await state.signIn("bob", "123") == .signedIn(labels: .none))
        for account in ["Alice", "ghost", "", "bob\u{0}", "bob' OR '1'='1"] {
            #expect(await state.signIn(account, "123") == .unknownAccount, "\(account)")
        }
        #expect(await state.signIn("bob", "") == .unknownAccount)
        #expect(await state.signIn("broken", "123") == .wrongPassword)
        for account in ["odd", "dear"] {
            guard case .failed(let failure) = await state.signIn(account, "123") else {
                Issue.record("\(account) signs in or out")
                continue
            }
            #expect(!failure.isOutage && !failure.problem.contains("$2"))
        }
        try execute("DELETE FROM xorm_user WHERE username = 'bob'")
        #expect(await state.signIn("bob", "123") == .unknownAccount)
        try execute("UPDATE xorm_user SET password_hash = 'x' WHERE username = 'alice'")
        #expect(await state.signIn("alice", "123") == .wrongPassword)
    }

    @Test("authorize in the order of seq, also as Go writes them; a broken rule lets nobody in")
    func rules() async throws {
        try execute(Self.tables)
        let state = try state()
        #expect(await state.actions("alice", "web/x") == .success([]))
        try execute(
            "INSERT INTO xorm_acl_entry VALUES (?, 2), (?, 1)",
            [
                #"{"match": {"account": "alice"}, "actions": ["*"]}"#,
                #"{"Match":{"account":null,"name":"web/*","labels":{"Group":"web"}},"Actions":["pull"],"Comment":null}"#,
            ])
        #expect(await state.actions("alice", "db/x") == .success(["pull", "push"]))
        #expect(
            await state.actions("alice", "web/x", labels: Labels([("Group", ["web"])])) == .success(["pull"]))
        #expect(await state.actions("bob", "db/x") == .success([]))

        for entry in ["{", #"{"match": {"team": "x"}, "actions": ["*"]}"#, #"{"match": {"account": "bob"}}"#] {
            try execute("DELETE FROM xorm_acl_entry")
            try execute("INSERT INTO xorm_acl_entry VALUES (?, 7)", [entry])
            // Those who know the old rules keep them; who begins with these knows nothing.
            #expect(await state.actions("bob", "db/x") == .success([]))
            guard case .failure(let failure) = await (try self.state()).actions("bob", "db/x") else {
                Issue.record("\(entry) decides")
                continue
            }
            #expect(failure.problem.contains("seq 7") && !failure.isOutage)
        }
    }

    @Test("a file that is not there is an outage, one without tables is not")
    func faults() async throws {
        let state = try state()
        guard case .failed(let gone) = await state.signIn("alice", "123") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(gone.isOutage && gone.problem.contains(file))
        try execute("CREATE TABLE other (x)")
        guard case .failed(let bare) = await state.signIn("alice", "123") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(!bare.isOutage && bare.problem.contains("xorm_user"))
    }

    @Test("known users sign in for a while without the file, and strangers do not")
    func stale() async throws {
        try execute(Self.tables)
        try add("alice", Self.hash, nil)
        try execute(
            "INSERT INTO xorm_acl_entry VALUES (?, 1)", [#"{"match": {"account": "alice"}, "actions": ["pull"]}"#])
        let patient = try state()
        let strict = try state(", stale_if_down: 0s")
        for state in [patient, strict] {
            #expect(await state.signIn("alice", "123") == .signedIn(labels: .none))
            #expect(await state.actions("alice", "x") == .success(["pull"]))
        }
        try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
        #expect(await patient.signIn("alice", "123") == .signedIn(labels: .none))
        #expect(await patient.signIn("alice", "124") == .wrongPassword)
        #expect(await patient.actions("alice", "x") == .success(["pull"]))
        for outcome in [await patient.signIn("bob", "123"), await strict.signIn("alice", "123")] {
            guard case .failed(let failure) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(failure.isOutage)
        }
        guard case .failure(let failure) = await strict.actions("alice", "x") else {
            Issue.record("it is decided")
            return
        }
        #expect(failure.isOutage)
        try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
        #expect(await strict.signIn("alice", "123") == .signedIn(labels: .none))
        #expect(await strict.actions("alice", "x") == .success(["pull"]))
    }

    @Test("of another kind are refused")
    func configuration() {
        func problems(_ text: String) -> String { BackendFolder.problems("acl: []\nxorm_auth: {\(text)}") }
        #expect(problems("").contains("has no database_type"))
        #expect(problems("database_type: mysql, conn_string: x").contains("Use sqlite3 or postgres"))
        #expect(problems("database_type: sqlite3").contains("has no conn_string"))
        let secret = problems("database_type: postgres, conn_string: \"host=x password='s3cret\"")
        #expect(secret.contains("is no connection string") && !secret.contains("s3cret"))
    }
}

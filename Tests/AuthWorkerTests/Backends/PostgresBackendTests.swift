import Foundation
import Testing

@testable import AuthWorker

@Suite("Users and rules in PostgreSQL", .serialized, .timeLimit(.minutes(5)))
struct PostgresBackendTests {
    private let folder = "\(NSTemporaryDirectory())dockmaster-pg-\(getpid())"
    private let port = 20_000 + Int(getpid()) % 4_000

    private var tool: [String: String] { ["PG_DIR": folder, "PG_PORT": "\(port)"] }

    private func execute(_ statement: String) async throws {
        let status = try await ServerTool.shell(
            "/usr/lib/postgresql/15/bin/psql -h 127.0.0.1 -p \(port) -U app -d postgres -v ON_ERROR_STOP=1 -c \"$SQL\"",
            environment: ["PGPASSWORD": "secret", "SQL": statement])
        try #require(status == 0, "\(statement)")
    }

    private func state(_ more: String = "") throws -> AuthState {
        let text = "postgres://app:secret@127.0.0.1:\(port)/postgres?sslmode=disable"
        return try BackendFolder.state(
            """
            users: {local: {}}
            xorm_auth: {database_type: postgres, conn_string: "\(text)"\(more)}
            acl_xorm: {database_type: postgres, conn_string: "\(text)", cache_ttl: 0s\(more)}
            """)
    }

    /// Stops the server and everything that it started, or lets it go on.
    private func signal(_ name: String) async throws {
        try await ServerTool.shell(
            "p=$(head -1 \(folder)/postmaster.pid); kill -\(name) $p $(ps -o pid= --ppid $p)")
    }

    @Test(
        "sign in and authorize; a restart is not noticed; a server that hangs or is gone is an outage until it is back")
    func server() async throws {
        try await ServerTool.run("postgres.sh", "start", tool)
        do {
            try await work()
        } catch {
            try await end()
            throw error
        }
        try await end()
    }

    private func end() async throws {
        try await ServerTool.shell("head -1 \(folder)/postmaster.pid | xargs -r kill -CONT")
        try await ServerTool.shell("head -1 \(folder)/postmaster.pid | xargs -r kill -QUIT; rm -rf \(folder)*")
    }

    private func work() async throws {
        // As xorm makes them.
        let hash = SQLiteBackendTests.hash
        try await execute(
            """
            CREATE TABLE xorm_user (id BIGSERIAL PRIMARY KEY, username VARCHAR(128) NOT NULL,
                password_hash VARCHAR(128) NOT NULL, labels JSON);
            CREATE TABLE xorm_acl_entry (acl_entry JSON, seq BIGINT);
            INSERT INTO xorm_user (username, password_hash, labels) VALUES
                ('alice', '\(hash)', '{"group": ["wéb"]}'), ('bob', '\(hash)', NULL);
            INSERT INTO xorm_acl_entry VALUES ('{"match": {"account": "alice"}, "actions": ["pull"]}', 1);
            """)
        let state = try state(", timeout: 2s, stale_if_down: 0s")
        let alice = SignInOutcome.signedIn(labels: Labels([("group", ["wéb"])]))
        #expect(await state.signIn("alice", "123") == alice)
        #expect(await state.signIn("alice", "124") == .wrongPassword)
        #expect(await state.signIn("bob", "123") == .signedIn(labels: .none))
        for account in ["ghost", "bob' OR '1'='1", "bob\u{0}"] {
            #expect(await state.signIn(account, "123") == .unknownAccount)
        }
        #expect(await state.actions("alice", "x") == .success(["pull"]))
        #expect(await state.actions("bob", "x") == .success([]))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 { group.addTask { #expect(await state.signIn("alice", "123") == alice) } }
        }

        try await ServerTool.run("postgres.sh", "stop", tool)
        #expect(await isOutage(state))
        #expect(await state.signIn("local", "any") == .signedIn(labels: .none))
        try await ServerTool.run("postgres.sh", "start", tool)
        // The kept connections are all broken: nobody learns of it.
        #expect(await state.signIn("alice", "123") == alice)

        let patient = try self.state(", timeout: 1s")
        #expect(await patient.signIn("alice", "123") == alice)
        #expect(await patient.actions("alice", "x") == .success(["pull"]))
        try await signal("STOP")
        let start = ContinuousClock.now
        #expect(await isOutage(state))
        #expect(await patient.signIn("alice", "123") == alice)
        #expect(await patient.actions("alice", "x") == .success(["pull"]))
        #expect(await patient.signIn("alice", "124") == .wrongPassword)
        #expect(await state.signIn("local", "any") == .signedIn(labels: .none))
        #expect(ContinuousClock.now - start < .seconds(40))
        try await signal("CONT")
        try await ServerTool.wait { await state.signIn("alice", "123") == alice }

        try await execute("DROP TABLE xorm_user")
        guard case .failed(let failure) = await state.signIn("alice", "123") else {
            Issue.record("it signs in or out")
            return
        }
        #expect(!failure.isOutage && failure.problem.contains("xorm_user"))
    }

    private func isOutage(_ state: AuthState) async -> Bool {
        guard case .failed(let failure) = await state.signIn("alice", "123") else { return false }
        return failure.isOutage && !failure.problem.contains("secret")
    }
}

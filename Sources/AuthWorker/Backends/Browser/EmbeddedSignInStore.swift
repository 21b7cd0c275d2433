internal import GRDB

/// Sign-ins in the worker's own SQLite file, or in one beside docker_auth's LevelDB folder, or in memory.
struct EmbeddedSignInStore: SignInStore {
    let queue: DatabaseQueue
    /// The section whose sign-ins these are.
    let backend: String

    func record(of account: String) async throws(BackendFailure) -> SignInRecord? {
        let text = try await failing {
            try await queue.read { [backend] database in
                try String.fetchOne(
                    database, sql: "SELECT record FROM browser_sign_in WHERE backend = ? AND account = ?",
                    arguments: [backend, account])
            }
        }
        guard let text else { return nil }
        guard let record = SignInRecord(json: text) else {
            throw BackendFailure(problem: "the record of \(account) cannot be read", isOutage: false)
        }
        return record
    }

    func keep(_ record: SignInRecord, of account: String) async throws(BackendFailure) {
        try await failing {
            try await queue.write { [backend] database in
                try database.execute(
                    sql: "INSERT OR REPLACE INTO browser_sign_in (backend, account, record) VALUES (?, ?, ?)",
                    arguments: [backend, account, record.json])
            }
        }
    }

    func renew(_ record: SignInRecord, of account: String) async throws(BackendFailure) {
        try await failing {
            try await queue.write { [backend] database in
                let present = try String.fetchOne(
                    database, sql: "SELECT record FROM browser_sign_in WHERE backend = ? AND account = ?",
                    arguments: [backend, account])
                guard present.flatMap({ SignInRecord(json: $0) })?.passwordHash == record.passwordHash else { return }
                try database.execute(
                    sql: "UPDATE browser_sign_in SET record = ? WHERE backend = ? AND account = ?",
                    arguments: [record.json, backend, account])
            }
        }
    }

    func remove(_ account: String) async throws(BackendFailure) -> Bool {
        try await failing {
            try await queue.write { [backend] database in
                try database.execute(
                    sql: "DELETE FROM browser_sign_in WHERE backend = ? AND account = ?",
                    arguments: [backend, account])
                return database.changesCount > 0
            }
        }
    }

    private func failing<Value>(_ body: () async throws -> Value) async throws(BackendFailure) -> Value {
        do {
            return try await body()
        } catch {
            throw BackendFailure(problem: "the embedded database: \(error)", isOutage: true)
        }
    }
}

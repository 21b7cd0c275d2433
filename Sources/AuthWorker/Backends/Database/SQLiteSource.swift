internal import GRDB

/// docker_auth's tables in an SQLite file, which is only read and opened for each question: a file that is replaced by
/// another is seen at once.
struct SQLiteSource: DatabaseSource {
    let path: String
    let time: Duration

    func user(_ name: String, until deadline: ContinuousClock.Instant) throws(BackendFailure) -> DatabaseUser? {
        try read { database in
            try Row.fetchOne(database, sql: DatabaseQuery.user, arguments: [name]).map {
                DatabaseUser(hash: try Self.text($0, "password_hash") ?? "", labels: try Self.text($0, "labels"))
            }
        }
    }

    func rules(until deadline: ContinuousClock.Instant) throws(BackendFailure) -> [DatabaseRule] {
        try read { database in
            try Row.fetchAll(database, sql: "\(DatabaseQuery.rules) LIMIT \(DatabaseQuery.ruleLimit)").map {
                DatabaseRule(
                    entry: try Self.text($0, "acl_entry") ?? "", sequence: try Self.value($0, "seq") ?? 0)
            }
        }
    }

    func close() {}

    private static func text(_ row: Row, _ column: String) throws(BackendFailure) -> String? {
        try value(row, column)
    }

    /// SQLite keeps in a column whatever was put there.
    private static func value<Value: DatabaseValueConvertible>(
        _ row: Row, _ column: String
    ) throws(BackendFailure) -> Value? {
        let stored: DatabaseValue = row[column]
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else {
            throw BackendFailure(problem: "the column \(column) holds something else than it should", isOutage: false)
        }
        return value
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(BackendFailure) -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(time.components.seconds) + 0.5)
        do {
            return try DatabaseQueue(path: path, configuration: configuration).read(body)
        } catch let error as DatabaseError {
            let isOutage = [.SQLITE_CANTOPEN, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR].contains(error.resultCode)
            throw BackendFailure(problem: "\(path): \(error.message ?? "\(error.resultCode)")", isOutage: isOutage)
        } catch let failure as BackendFailure {
            throw BackendFailure(problem: "\(path): \(failure.problem)", isOutage: false)
        } catch {
            throw BackendFailure(problem: "\(path) cannot be read", isOutage: true)
        }
    }
}

internal import BundleConfig
internal import Synchronization

/// docker_auth's tables in PostgreSQL: a connection for each thread that asks, kept for the next question.
///
/// - Faults: a kept connection that turns out to be broken is replaced once, within the same deadline.
final class PostgresSource: DatabaseSource {
    private struct Pool {
        var idle: [PostgresConnection] = []
        var isClosed = false
    }

    private let text: Secret
    private let pool = Mutex(Pool())

    init(_ text: Secret) {
        self.text = text
    }

    func user(_ name: String, until deadline: ContinuousClock.Instant) throws(BackendFailure) -> DatabaseUser? {
        let rows = try query(DatabaseQuery.user, [name], until: deadline)
        return rows.first.map { DatabaseUser(hash: $0[0] ?? "", labels: $0[1]) }
    }

    func rules(until deadline: ContinuousClock.Instant) throws(BackendFailure) -> [DatabaseRule] {
        try query("\(DatabaseQuery.rules) LIMIT \(DatabaseQuery.ruleLimit)", [], until: deadline).map {
            DatabaseRule(entry: $0[0] ?? "", sequence: $0[1].flatMap { Int64($0) } ?? 0)
        }
    }

    func close() {
        pool.withLock { pool in
            pool.isClosed = true
            pool.idle = []
        }
    }

    private func query(
        _ statement: String, _ parameters: [String], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> [[String?]] {
        while let kept = pool.withLock({ $0.idle.popLast() }) {
            do throws(BackendFailure) {
                return try query(statement, parameters, on: kept, until: deadline)
            } catch {
                // The server was restarted, perhaps: the next one, or a new one.
                if kept.isUsable || error == .late { throw error }
            }
        }
        return try query(
            statement, parameters, on: PostgresConnection(text.reveal(), until: deadline), until: deadline)
    }

    private func query(
        _ statement: String, _ parameters: [String], on connection: PostgresConnection,
        until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> [[String?]] {
        do throws(BackendFailure) {
            let rows = try connection.query(statement, parameters, until: deadline)
            keep(connection)
            return rows
        } catch {
            // One that is late has an answer under way, which would be taken for the next question's.
            if error != .late, connection.isUsable { keep(connection) }
            throw error
        }
    }

    private func keep(_ connection: PostgresConnection) {
        pool.withLock { if !$0.isClosed { $0.idle.append(connection) } }
    }
}

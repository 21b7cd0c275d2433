internal import CPostgres
internal import Glibc

/// One connection to PostgreSQL, through libpq's calls that do not block, each wait with a deadline: a server that hangs holds
/// nobody. One thread at a time.
final class PostgresConnection: @unchecked Sendable {
    private let connection: OpaquePointer

    /// - Parameter text: `postgres://…` or `host=… dbname=…`.
    init(_ text: String, until deadline: ContinuousClock.Instant) throws(BackendFailure) {
        // First, so that the text may say otherwise: libpq's own default falls back to the clear when somebody asks it to.
        let settings = [
            ("sslmode", "require"), ("dbname", text), ("client_encoding", "UTF8"),
            ("application_name", "dockmaster-auth"),
        ]
        let names = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { for pointer in names + values { free(pointer) } }
        let keywords = names.map { UnsafePointer<CChar>($0) } + [nil]
        let contents = values.map { UnsafePointer<CChar>($0) } + [nil]
        guard let made = PQconnectStartParams(keywords, contents, 1) else {
            throw BackendFailure(problem: "out of memory", isOutage: true)
        }
        connection = made
        guard PQstatus(made) != CONNECTION_BAD else { throw failure(isOutage: true) }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { throw failure(isOutage: true) }
            try wait(forWriting: state == PGRES_POLLING_WRITING, until: deadline)
            state = PQconnectPoll(made)
        }
        guard PQsetnonblocking(made, 1) == 0 else { throw failure(isOutage: true) }
    }

    deinit { PQfinish(connection) }

    var isUsable: Bool { PQstatus(connection) == CONNECTION_OK }

    /// Runs one statement.
    /// - Parameter parameters: texts without NUL.
    /// - Returns: the rows, NULL as nil.
    func query(
        _ statement: String, _ parameters: [String] = [], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> [[String?]] {
        let values = parameters.map { strdup($0) }
        defer { for value in values { free(value) } }
        let pointers = values.map { UnsafePointer<CChar>($0) }
        guard PQsendQueryParams(connection, statement, CInt(values.count), nil, pointers, nil, nil, 0) == 1 else {
            throw failure(isOutage: true)
        }
        while true {
            let left = PQflush(connection)
            if left == 0 { break }
            guard left > 0 else { throw failure(isOutage: true) }
            try wait(forWriting: true, until: deadline)
            guard PQconsumeInput(connection) == 1 else { throw failure(isOutage: true) }
        }
        var rows: [[String?]] = []
        var problem: BackendFailure?
        while true {
            while PQisBusy(connection) == 1 {
                try wait(forWriting: false, until: deadline)
                guard PQconsumeInput(connection) == 1 else { throw failure(isOutage: true) }
            }
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_TUPLES_OK {
                rows += Self.rows(of: result)
            } else {
                problem = problem ?? Self.failure(of: result)
            }
        }
        if let problem { throw problem }
        return rows
    }

    private static func rows(of result: OpaquePointer) -> [[String?]] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
    }

    /// Connection exceptions, too few resources and an operator's intervention pass by themselves; everything else is a
    /// mistake that stays.
    private static func failure(of result: OpaquePointer) -> BackendFailure {
        let code = PQresultErrorField(result, CInt(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let isOutage = code.isEmpty || ["08", "53", "57"].contains(String(code.prefix(2)))
        return BackendFailure(problem: firstLine(PQresultErrorMessage(result)), isOutage: isOutage)
    }

    private func failure(isOutage: Bool) -> BackendFailure {
        BackendFailure(problem: Self.firstLine(PQerrorMessage(connection)), isOutage: isOutage)
    }

    /// libpq's messages name host, user and database; never the password.
    private static func firstLine(_ message: UnsafePointer<CChar>?) -> String {
        let text = message.map { String(cString: $0) } ?? ""
        return text.split(separator: "\n").first.map(String.init) ?? "PostgreSQL cannot be reached"
    }

    private func wait(forWriting: Bool, until deadline: ContinuousClock.Instant) throws(BackendFailure) {
        let left = ContinuousClock.now.duration(to: deadline).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { throw .late }
        let milliseconds = min(left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1, 600_000)
        // While it is written, the server may have something to say, too.
        let events = forWriting ? POLLOUT | POLLIN : POLLIN
        var ready = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
        let count = poll(&ready, 1, CInt(milliseconds))
        guard count != 0 else { throw .late }
        guard count > 0 || errno == EINTR else { throw failure(isOutage: true) }
    }
}

internal import BundleConfig
internal import CPostgres

/// `xorm_auth` or `acl_xorm`: `{database_type, conn_string}`, `cache_ttl`, and of ours `timeout` (5s), `connections` (4) and
/// `stale_if_down` (10m).
struct DatabaseSettings: BackendSettings {
    enum Place: Sendable, Equatable {
        case sqlite(path: String)
        case postgres(Secret)
    }

    let purpose: CommandBackend.Purpose
    let place: Place
    /// Of each question.
    let time: Duration
    let connections: Int
    let cacheTime: Duration
    let staleTime: Duration

    private static let longest: Duration = .seconds(86_400)

    init?(_ node: ConfigurationNode, for purpose: CommandBackend.Purpose, reading: inout ConfigurationReading) {
        self.purpose = purpose
        reading.check(
            node,
            knows: ["database_type", "conn_string", "cache_ttl", "timeout", "connections", "stale_if_down"])
        time = reading.time(
            "timeout", of: node, default: .seconds(5), within: .milliseconds(100)...Duration.seconds(120))
        connections = reading.number("connections", of: node, default: 4, within: 1...64)
        cacheTime = reading.time(
            "cache_ttl", of: node, default: purpose == .signIn ? .zero : .seconds(60), within: .zero...Self.longest)
        staleTime = reading.time("stale_if_down", of: node, default: .seconds(600), within: .zero...Self.longest)
        let type = reading.required("database_type", of: node, example: "postgres")
        let text = reading.required("conn_string", of: node, example: "postgres://user@host/database")
        guard let type, let text, let place = Self.place(type, text, of: node, reading: &reading) else { return nil }
        self.place = place
    }

    private static func place(
        _ type: String, _ text: String, of node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> Place? {
        switch type {
        case "sqlite", "sqlite3":
            // Go's driver takes a path, or a URI with options that make no sense for a file that is only read.
            var path = text.hasPrefix("file:") ? text.dropFirst(5) : text[...]
            if let options = path.firstIndex(of: "?") { path = path[..<options] }
            return .sqlite(path: String(path))
        case "postgres", "pgx":
            var message: UnsafeMutablePointer<CChar>?
            let options = PQconninfoParse(text, &message)
            defer {
                PQconninfoFree(options)
                PQfreemem(message)
            }
            guard options != nil else {
                // Never libpq's own words: they may quote the password.
                reading.refuse(
                    (node["conn_string"] ?? node).refused(
                        "is no connection string that libpq knows",
                        remedy: "Write postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full"))
                return nil
            }
            return .postgres(Secret(text))
        default:
            reading.refuse(
                (node["database_type"] ?? node).refused(
                    "is \(type), for which Dockmaster has no client", remedy: "Use sqlite3 or postgres"))
            return nil
        }
    }

    func make(_ context: BackendContext) -> Backend {
        let threads = BackendThreads(connections)
        let source: any DatabaseSource =
            switch place {
            case .sqlite(let path): SQLiteSource(path: path, time: time)
            case .postgres(let text): PostgresSource(text)
            }
        let close = { @Sendable in
            threads.close()
            source.close()
        }
        switch purpose {
        case .signIn:
            return Backend(
                authenticator: DatabaseUsers(
                    self, source: source, threads: threads, hashes: PasswordHashes(pool: context.pool)), close: close)
        case .authorization:
            return Backend(
                authorizer: DatabaseRules(self, source: source, threads: threads, logger: context.logger), close: close)
        }
    }
}

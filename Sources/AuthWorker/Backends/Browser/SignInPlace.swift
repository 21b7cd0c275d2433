internal import BundleConfig
internal import HTTPService
internal import Logging

/// Where a section keeps docker passwords: docker_auth's `level_token_db` and `redis_token_db`.
///
/// LevelDB's place is taken by the embedded database, else by an SQLite file beside the folder that the key names: what docker_auth
/// has in that folder is not read, and everybody signs in once more.
struct SignInPlace: Sendable {
    enum Kind: Sendable {
        /// An SQLite file, where the embedded database is not in use; nil for memory.
        case embedded(beside: String?)
        case redis(RedisSettings)
    }

    var kind: Kind
    var hashCost = BcryptHash.standardCost

    /// Nil when refused.
    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        if let value = node["gcs_token_db"], !value.isNull {
            reading.refuse(
                value.refused(
                    "is not served: Dockmaster has no client for Google's storage",
                    remedy: "Write level_token_db, or redis_token_db"))
            return nil
        }
        if let value = node["redis_token_db"], !value.isNull {
            guard let settings = RedisSettings(value, reading: &reading) else { return nil }
            kind = .redis(settings)
            hashCost = Self.cost(value, reading: &reading)
            return
        }
        if let value = node["level_token_db"], !value.isNull {
            reading.check(value, knows: ["path", "token_hash_cost"])
            guard let path = reading.required("path", of: value, example: "/var/lib/dockmaster/tokens") else {
                return nil
            }
            kind = .embedded(beside: "\(path).sqlite")
            hashCost = Self.cost(value, reading: &reading)
            return
        }
        // docker_auth's older key.
        kind = .embedded(beside: reading.text("token_db", of: node).map { "\($0).sqlite" })
    }

    private static func cost(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> Int {
        reading.number("token_hash_cost", of: node, default: BcryptHash.standardCost, within: 4...BcryptHash.costLimit)
    }

    /// - Parameter backend: the section's name.
    func open(for backend: String, _ context: BackendContext) throws(BackendFailure) -> any SignInStore {
        switch kind {
        case .redis(let settings): return RedisSignInStore(settings)
        case .embedded(let path):
            if let database = context.database { return EmbeddedSignInStore(queue: database.queue, backend: backend) }
            if path == nil {
                context.logger.warning(
                    "\(backend): passwords are kept in memory and end with this configuration; add database, or level_token_db"
                )
            }
            do throws(AuthDatabaseProblem) {
                let database = if let path { try AuthDatabase(path: path) } else { try AuthDatabase.inMemory() }
                return EmbeddedSignInStore(queue: database.queue, backend: backend)
            } catch {
                throw BackendFailure(problem: "\(error.problem). \(error.remedy)", isOutage: false)
            }
        }
    }
}

/// A database with docker_auth's tables. Calls block, and end at the deadline.
/// - Source: docker_auth's authn/xorm_authn.go and authz/acl_xorm.go, with xorm's names for tables and columns.
protocol DatabaseSource: Sendable {
    /// The newest row of `xorm_user` with this name.
    func user(_ name: String, until deadline: ContinuousClock.Instant) throws(BackendFailure) -> DatabaseUser?

    /// The rows of `xorm_acl_entry`, in the order of `seq`.
    func rules(until deadline: ContinuousClock.Instant) throws(BackendFailure) -> [DatabaseRule]

    func close()
}

/// A row of `xorm_user`.
struct DatabaseUser: Sendable, Equatable {
    /// bcrypt's.
    var hash: String
    /// JSON; nil for NULL.
    var labels: String?
}

/// A row of `xorm_acl_entry`.
struct DatabaseRule: Sendable, Equatable {
    /// JSON: `{"match": {…}, "actions": […]}`.
    var entry: String
    var sequence: Int64
}

/// What is asked of every database.
enum DatabaseQuery {
    static let user = "SELECT password_hash, labels FROM xorm_user WHERE username = $1 ORDER BY id DESC LIMIT 1"
    static let rules = "SELECT acl_entry, seq FROM xorm_acl_entry ORDER BY seq"
    /// More rules than this are a mistake, and would take seconds to decide.
    static let ruleLimit = 100_000
}

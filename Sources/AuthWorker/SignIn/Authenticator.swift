/// Something that knows users and their passwords: the configuration's users, a directory, a database, a command.
/// They are asked in docker_auth's order until one knows the account.
/// - Source: shared/reference/docker_auth.md, "HTTP", authentication order.
protocol Authenticator: Sendable {
    /// Its key in the configuration file, which is also its name in audit lines and metrics: `users`, `ldap_auth`.
    var name: String { get }

    /// Whether a refresh token may stand for a sign-in here, for weeks.
    var isLasting: Bool { get }

    /// Whether an account that it does not know costs a comparison here, as one that it knows does.
    var spendsOnStrangers: Bool { get }

    /// Compares the password. Never blocks a thread of the concurrency pool, and ends within the back-end's own time-out.
    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome
}

extension Authenticator {
    var isLasting: Bool { true }
    var spendsOnStrangers: Bool { false }
}

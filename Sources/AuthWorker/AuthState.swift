internal import HTTPService
internal import RegistryToken

/// Everything that one loaded configuration makes. A reload swaps it as a whole; requests in flight keep theirs.
final class AuthState: Sendable {
    let settings: AuthSettings
    let users: StaticUsers
    /// The `WWW-Authenticate` of a 401.
    let challenge: String

    init(_ settings: AuthSettings, pool: PasswordPool) {
        self.settings = settings
        users = StaticUsers(settings.users, pool: pool)
        let realm = settings.token.issuer.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        challenge = "Basic realm=\"\(realm)\""
    }
}

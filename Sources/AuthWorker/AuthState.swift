internal import HTTPService
internal import Logging
internal import RegistryToken

/// Everything that one loaded configuration makes. A reload swaps it as a whole; requests in flight keep theirs.
final class AuthState: Sendable {
    let settings: AuthSettings
    /// Those of the file and of the embedded database.
    let users: StaticUsers
    /// Nil when the file names none.
    let database: AuthDatabase?
    /// In the order in which they are asked.
    let authenticators: [any Authenticator]
    let authorizers: [any Authorizer]
    /// By their names.
    let pages: [String: BackendPage]
    /// Where the index leads: the first provider's page.
    let entrance: String?
    /// The `WWW-Authenticate` of a 401.
    let challenge: String
    let logger: Logger
    /// Which passwords were right at a back-end a moment ago: they are asked of it again, but wait for nobody's guesses. Ends
    /// with this configuration.
    let known = CredentialCache(capacity: 4_096)
    private let backends: [Backend]

    init(_ settings: AuthSettings, pool: PasswordPool, database: AuthDatabase? = nil, logger: Logger) {
        self.settings = settings
        self.database = database
        self.logger = logger
        let context = BackendContext(pool: pool, database: database, logger: logger)
        backends = settings.backends.map { $0.make(context) }
        users = StaticUsers(
            settings.users, pool: pool, database: database,
            spendsOnStrangers: !backends.contains { $0.authenticator?.spendsOnStrangers ?? false })
        authenticators = [users] + backends.compactMap(\.authenticator)
        authorizers = [settings.accessList] + backends.compactMap(\.authorizer)
        let pages = backends.compactMap(\.page)
        entrance = pages.first?.name
        self.pages = Dictionary(pages.map { ($0.name, $0) }) { first, _ in first }
        let realm = settings.token.issuer.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        challenge = "Basic realm=\"\(realm)\""
    }

    deinit { for backend in backends { backend.close() } }

    /// Ends what an account has been given in a browser.
    /// - Returns: how many of them there were.
    func forget(_ account: String) async throws(BackendFailure) -> Int {
        var count = 0
        for backend in backends {
            if let forget = backend.forget, try await forget(account) { count += 1 }
        }
        return count
    }

    /// Asks the authorizers until one has a rule for the request; without one nothing is allowed.
    func authorize(_ request: AccessRequest) async throws(BackendFailure) -> AccessDecision {
        for authorizer in authorizers {
            switch await authorizer.authorize(request) {
            case .decided(let decision): return decision
            case .noMatch: continue
            case .failed(let failure): throw failure
            }
        }
        return .nothing
    }
}

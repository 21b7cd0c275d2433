internal import HTTPService
internal import Logging
internal import RegistryToken

/// Everything that one loaded configuration makes. A reload swaps it as a whole; requests in flight keep theirs.
final class AuthState: Sendable {
    let settings: AuthSettings
    /// In the order in which they are asked.
    let authenticators: [any Authenticator]
    let authorizers: [any Authorizer]
    /// The `WWW-Authenticate` of a 401.
    let challenge: String
    private let backends: [Backend]

    init(_ settings: AuthSettings, pool: PasswordPool, logger: Logger) {
        self.settings = settings
        let context = BackendContext(pool: pool, logger: logger)
        backends = settings.backends.map { $0.make(context) }
        authenticators = [StaticUsers(settings.users, pool: pool)] + backends.compactMap(\.authenticator)
        authorizers = [settings.accessList] + backends.compactMap(\.authorizer)
        let realm = settings.token.issuer.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        challenge = "Basic realm=\"\(realm)\""
    }

    deinit { for backend in backends { backend.close() } }

    /// Asks the back-ends until one knows the account.
    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        for authenticator in authenticators {
            let outcome = await authenticator.signIn(account, password: password)
            if outcome != .unknownAccount { return outcome }
        }
        return .unknownAccount
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

internal import BundleConfig
internal import HTTPService
internal import Logging

/// One back-end's section of the configuration, read and checked, before anything is connected.
protocol BackendSettings: Sendable {
    /// Makes what the section describes. Does not connect: a back-end that is down keeps nobody else from signing in.
    func make(_ context: BackendContext) -> Backend
}

/// What a back-end is given to work with.
struct BackendContext: Sendable {
    /// For passwords that are compared here.
    var pool: PasswordPool
    /// The worker's own; nil when the file names none.
    var database: AuthDatabase?
    var logger: Logger
}

/// A page of a back-end, for browsers.
struct BackendPage: Sendable {
    /// Its path below `server.path_prefix`, without a slash: `oidc_auth`.
    var name: String
    var answer: @Sendable (BrowserVisit) async -> OutgoingAnswer
}

/// A back-end at work: it signs in, or authorizes, or both.
struct Backend: Sendable {
    var authenticator: (any Authenticator)?
    var authorizer: (any Authorizer)?
    /// Where people sign in by a browser.
    var page: BackendPage?
    /// Ends what an account has been given in a browser; says whether there was anything.
    var forget: (@Sendable (String) async throws(BackendFailure) -> Bool)?
    /// Ends its threads, connections and processes, when the last request of its configuration has been answered.
    var close: @Sendable () -> Void = {}
}

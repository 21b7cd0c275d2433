/// Why a browser's sign-in came to nothing.
struct SignInRefusal: Error, Sendable, Equatable {
    var status: Int
    /// For the browser, as docker_auth words it.
    var text: String
    /// For the log; never a code, a token or a secret.
    var problem: String

    init(_ status: Int, _ text: String, log problem: String? = nil) {
        self.status = status
        self.text = text
        self.problem = problem ?? text
    }

    /// The provider cannot be asked.
    static func unreachable(_ provider: String, _ failure: BackendFailure) -> SignInRefusal {
        SignInRefusal(failure.isOutage ? 503 : 500, "Error talking to \(provider) auth backend: \(failure.problem)")
    }
}

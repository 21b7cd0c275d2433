/// Stands for a back-end that could not be made: it fails every sign-in, so that nobody slips past it to the next.
struct BrokenBackend: Authenticator {
    let name: String
    let failure: BackendFailure

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome { .failed(failure) }
}

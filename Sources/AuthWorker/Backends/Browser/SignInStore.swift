/// Where the docker passwords of browsers' sign-ins are kept: docker_auth's "token database".
protocol SignInStore: Sendable {
    func record(of account: String) async throws(BackendFailure) -> SignInRecord?
    /// Takes the place of what was kept of the account.
    func keep(_ record: SignInRecord, of account: String) async throws(BackendFailure)
    /// Keeps a record that is newer, unless the account has got another password meanwhile.
    func renew(_ record: SignInRecord, of account: String) async throws(BackendFailure)
    /// - Returns: whether there was one.
    func remove(_ account: String) async throws(BackendFailure) -> Bool
}

/// An identity provider's side of a sign-in by browser: the authorization code flow.
/// - Source: RFC 6749 section 4.1.
protocol SignInProvider: Sendable {
    /// The section: `oidc_auth`.
    var name: String { get }
    /// What the page says: `GitHub`.
    var title: String { get }

    /// Where the browser is sent.
    /// - Parameter redirect: where it is to come back to.
    func authorizationURL(_ flow: SignInFlow, redirect: String, now: Int64) async throws(BackendFailure) -> String

    /// Who signed in, by the code that the browser has brought.
    func redeem(
        _ code: String, _ flow: SignInFlow, redirect: String, now: Int64
    ) async throws(SignInRefusal) -> ProvenPerson

    /// Whether the account still may, and with which labels; the record's time was over.
    /// - Parameter keep: told of a record that must not be lost even when what follows fails: a refresh token counts once.
    /// - Throws: a failure that is shown to the account's owner when it is no outage.
    func renew(
        _ account: String, _ record: SignInRecord, now: Int64,
        keep: @Sendable (SignInRecord) async throws(BackendFailure) -> Void
    ) async throws(BackendFailure) -> SignInRecord
}

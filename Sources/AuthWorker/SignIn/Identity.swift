/// Who asks, once that is known.
struct Identity: Sendable {
    /// Empty for anonymous.
    var account: String
    var labels: Labels
    /// Who knew the account: `users`, `ldap_auth`; `key` for an API key, `refresh_token`,
    /// `client_certificates`.
    var authenticator: String
    /// What a refresh token of this identity is bound to; see `RefreshToken.stamp`.
    var stamp: [UInt8] = []
    /// The key that narrows what the account may do, and its hash.
    var key: APIKey?
    var keyHash: [UInt8]?
    /// The authenticator that a refresh token came from.
    var origin: String

    init(account: String, labels: Labels, authenticator: String) {
        self.account = account
        self.labels = labels
        self.authenticator = authenticator
        origin = authenticator
    }

    /// `alice`, `alice with the key ci`, `alice with a client certificate`, `anonymous`.
    var description: String {
        guard !account.isEmpty else { return "anonymous" }
        if authenticator == ClientCertificate.key { return "\(account) with a client certificate" }
        return key.map { "\(account) with the key \($0.name)" } ?? account
    }
}

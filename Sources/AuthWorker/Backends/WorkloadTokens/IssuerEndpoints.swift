internal import RegistryToken

/// What an issuer's discovery document says beside its keys. An address that is no https one does not count.
/// - Source: OpenID Connect Discovery 1.0, section 3.
struct IssuerEndpoints: Sendable, Equatable {
    var authorization: String?
    var token: String?
    var userinfo: String?
    /// The client's secret is taken in the form alone, not in a header.
    var takesSecretInBody: Bool

    init(_ document: JSONValue, issuer: String) {
        func address(_ member: String) -> String? {
            document[member]?.string.flatMap { WorkloadRule.isTrustworthy($0, asPlainAs: issuer) ? $0 : nil }
        }
        authorization = address("authorization_endpoint")
        token = address("token_endpoint")
        userinfo = address("userinfo_endpoint")
        let methods = document["token_endpoint_auth_methods_supported"]?.strings ?? ["client_secret_basic"]
        takesSecretInBody = !methods.contains("client_secret_basic") && methods.contains("client_secret_post")
    }
}

internal import HTTPService
internal import HTTPTypes

/// What a client asks of the token end-point, understood in docker_auth's order: address, credentials, account,
/// service, scopes. The first thing that cannot be understood ends it.
struct TokenRequest: Sendable {
    var address: IPAddress
    /// Empty for anonymous.
    var account: String
    var password: [UInt8]
    var service: String
    var scopes: [ScopeRequest]
    /// OAuth's `grant_type`; empty for docker_auth's own forms.
    var grant: String
    /// Of OAuth's form: stands for account and password.
    var refreshToken: String
    /// The client asks for a refresh token: `offline_token=true` (docker login), `access_type=offline` (OAuth's form).
    var isOffline: Bool
    /// Whom the client's certificate names; nil without one.
    var certificate: ClientCertificate?
    /// Whether anything was sent that is to prove who asks.
    var hasCredentials: Bool

    init(_ request: IncomingRequest, server: AuthSettings.Server) throws(BadRequest) {
        address = try ClientAddress.of(request, server)
        let form = request.form
        let basic = BasicCredentials(request.header(.authorization))
        var user = ""
        password = []
        if let basic {
            user = basic.user
            password = basic.password
        } else if request.method == "POST" {
            let name = form.first("username")
            let word = form.first("password")
            if !name.isEmpty, !word.isEmpty {
                user = name
                password = Array(word.utf8)
            }
        }
        account = form.first("account")
        if account.isEmpty {
            account = user
        } else if basic != nil, !account.utf8.elementsEqual(user.utf8) {
            throw BadRequest(
                problem: "user and account are not the same (\(user.goQuoted) vs \(account.goQuoted))")
        }
        service = form.first("service")
        grant = request.method == "POST" ? form.first("grant_type") : ""
        refreshToken = request.method == "POST" ? form.first("refresh_token") : ""
        certificate = ClientCertificate(request)
        hasCredentials =
            request.header(.authorization) != nil || !password.isEmpty || !grant.isEmpty || !refreshToken.isEmpty
        isOffline = form.first("offline_token") == "true" || form.first("access_type") == "offline"
        scopes = try ScopeRequest.read(form.all("scope"))
    }
}

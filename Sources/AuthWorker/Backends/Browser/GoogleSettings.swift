internal import BundleConfig
internal import HTTPService

/// `google_auth: {domain, client_id, client_secret, …}`: OpenID Connect at Google. docker_auth's page used a script of Google's
/// that is gone; here it is the flow of all others, with `redirect_url` as a key of ours.
struct GoogleSettings: BackendSettings {
    static let key = "google_auth"

    var browser: BrowserSettings
    var profile: OpenIDProvider.Profile

    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        reading.check(node, knows: BrowserSettings.keys + ["domain", "redirect_url"])
        guard var browser = BrowserSettings(node, provider: Self.key, title: "Google", reading: &reading) else {
            return nil
        }
        browser.derivesRedirect = true
        browser.title = "Google account"
        browser.readRedirect("redirect_url", of: node, reading: &reading)
        profile = OpenIDProvider.Profile(
            name: Self.key, title: "Google", issuer: "https://accounts.google.com", clientID: browser.clientID,
            clientSecret: browser.clientSecret, scopes: ["openid", "email"], userClaim: "email",
            domain: reading.text("domain", of: node), needsVerifiedAddress: true,
            // Else Google gives no refresh token, and the password would end after an hour.
            parameters: [("access_type", "offline"), ("prompt", "consent")])
        self.browser = browser
        guard reading.errors.count == before else { return nil }
    }

    func make(_ context: BackendContext) -> Backend { browser.make(profile, context) }
}

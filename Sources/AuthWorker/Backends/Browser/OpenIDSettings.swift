internal import BundleConfig
internal import HTTPService

/// `oidc_auth: {issuer, redirect_url, client_id, client_secret, …}`.
struct OpenIDSettings: BackendSettings {
    static let key = "oidc_auth"

    var browser: BrowserSettings
    var profile: OpenIDProvider.Profile

    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        if let value = node["label_claims"], !value.isNull {
            reading.warn(
                value.refused(
                    "is without effect, here as in docker_auth, whose documentation misspells the key",
                    remedy: "Write labels_claims"))
        }
        reading.check(
            node,
            knows: BrowserSettings.keys + [
                "issuer", "redirect_url", "user_claim", "scopes", "labels_claims", "label_claims",
            ])
        let browser = BrowserSettings(node, provider: Self.key, title: "OIDC", reading: &reading)
        _ = reading.required("issuer", of: node, example: "https://accounts.example")
        _ = reading.required("redirect_url", of: node, example: "https://registry.example/authserver/oidc_auth")
        // The issuer is compared with tokens to the byte: its slash stays.
        _ = BrowserSettings.address("issuer", of: node, default: "https://accounts.example", reading: &reading)
        let scopes = reading.attempt { () throws(ConfigurationError) in try node.strings("scopes") }
        if let scopes, !scopes.contains("openid"), let value = node["scopes"] {
            reading.warn(value.refused("has no openid: most providers then give no ID token", remedy: "Add openid"))
        }
        let labels = reading.attempt { () throws(ConfigurationError) in try node.strings("labels_claims") }
        guard var browser, reading.errors.count == before, let issuer = reading.text("issuer", of: node) else {
            return nil
        }
        browser.readRedirect("redirect_url", of: node, reading: &reading)
        profile = OpenIDProvider.Profile(
            name: Self.key, title: "OIDC", issuer: issuer, clientID: browser.clientID,
            clientSecret: browser.clientSecret, scopes: scopes ?? ["openid", "email"],
            userClaim: reading.text("user_claim", of: node) ?? "email", labelClaims: labels ?? [])
        browser.title = "OIDC Provider"
        self.browser = browser
        guard reading.errors.count == before else { return nil }
    }

    func make(_ context: BackendContext) -> Backend { browser.make(profile, context) }
}

internal import BundleConfig
internal import HTTPService

/// `github_auth` and `gitlab_auth`: `{organization, client_id, client_secret, revalidate_after, …}`.
struct ForgeSettings: BackendSettings {
    var browser: BrowserSettings
    let forge: ForgeProvider.Forge
    let web: String
    let api: String
    let revalidation: Duration

    init?(_ node: ConfigurationNode, _ forge: ForgeProvider.Forge, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        let isGitHub = forge == .gitHub
        let (prefix, title) = isGitHub ? ("github", "GitHub") : ("gitlab", "GitLab")
        let (webKey, apiKey) = ("\(prefix)_web_uri", "\(prefix)_api_uri")
        let more = isGitHub ? ["redirect_uri"] : ["redirect_uri", "grant_type"]
        reading.check(node, knows: BrowserSettings.keys + more + ["organization", "revalidate_after", webKey, apiKey])
        self.forge = forge
        web = BrowserSettings.address(
            webKey, of: node, default: isGitHub ? "https://github.com" : "https://gitlab.com", reading: &reading)
        api = BrowserSettings.address(
            apiKey, of: node, default: isGitHub ? "https://api.github.com" : "\(web)/api/v4", reading: &reading)
        revalidation = BrowserSettings.time(
            "revalidate_after", of: node, default: .seconds(3_600), reading: &reading)
        if let kind = reading.text("grant_type", of: node), kind != "authorization_code", let value = node["grant_type"]
        {
            reading.refuse(value.refused("is \(kind)", remedy: "Write authorization_code, or remove it"))
        }
        guard var browser = BrowserSettings(node, provider: "\(prefix)_auth", title: title, reading: &reading) else {
            return nil
        }
        browser.organization = reading.text("organization", of: node)
        browser.derivesRedirect = !isGitHub
        browser.readRedirect("redirect_uri", of: node, reading: &reading)
        browser.revocation = isGitHub ? "\(web)/settings/applications" : "\(web)/-/profile/applications"
        self.browser = browser
        guard reading.errors.count == before else { return nil }
    }

    func make(_ context: BackendContext) -> Backend {
        let provider = ForgeProvider(
            forge: forge, name: browser.provider, web: web, api: api, clientID: browser.clientID,
            clientSecret: browser.clientSecret, organization: browser.organization,
            revalidation: max(1, revalidation.components.seconds), http: browser.http)
        return browser.make(provider, context)
    }
}

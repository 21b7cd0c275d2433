import Foundation
import HTTPService
import HTTPTypes
import Logging
import Testing

@testable import AuthWorker

@Suite("A sign-in at GitHub, GitLab or Google", .timeLimit(.minutes(3)))
struct ForgeSignInTests {
    @Test("of GitHub takes members of the organization, and the teams of all pages and those above as labels")
    func gitHub() async throws {
        let fixture = try await BrowserFixture { BrowserFixture.forge("github", $0) }
        fixture.provider.change { $0.user = "octo" }
        let browser = fixture.browser
        let page = await browser.open("/github_auth")
        let address = try Browser.link(page)
        #expect(
            address.hasPrefix(
                "\(fixture.provider.url)/login/oauth/authorize?scope=user:email%20read:org&client_id=CID&"))
        #expect(page.text.contains("<code>@acme</code>"))
        let password = try #require(try await browser.signIn("/github_auth").password)
        let answer = await fixture.token(
            "octo", password,
            scope: "repository:t1/x:push&scope=repository:parent/x:push&scope=repository:t2/x:push")
        #expect(try BrowserFixture.actions(answer) == [["push"], ["push"], []])
        // Once more, when it is asked again.
        try await fixture.expire("octo", "github_auth")
        #expect(await fixture.token("octo", password).status == .ok)
        try await fixture.expire("octo", "github_auth")
        fixture.provider.change { $0.isMember = false }
        let ended = await fixture.token("octo", password)
        #expect(ended.status == .internalServerError)
        #expect(
            ended.text
                == "Authentication failed (authn #2 returned error: server token invalid: could not validate "
                + "organization: user octo is not a member of organization acme)\n")
        let stranger = try await fixture.browser.signIn("/github_auth")
        #expect(stranger.status == .internalServerError)
        #expect(stranger.text == "Newly-acquired token is invalid\n")
        #expect(stranger.password == nil)
    }

    @Test("of GitHub says what GitHub has said to a code that it does not know")
    func badCode() async throws {
        let fixture = try await BrowserFixture { BrowserFixture.forge("github", $0) }
        let browser = fixture.browser
        let form = try browser.press(await browser.open("/github_auth"))
        let answer = await browser.open("/github_auth?code=x&state=\(form.first("state"))")
        #expect(answer.status == .badRequest)
        #expect(answer.text == "Failed to get token: invalid_grant: \n")
        #expect(await browser.open("/github_auth", method: "POST").status == .badRequest)
    }

    @Test("of GitLab takes members of the group, whose groups are labels, and renews its access token")
    func gitLab() async throws {
        let fixture = try await BrowserFixture { BrowserFixture.forge("gitlab", $0) }
        fixture.provider.change { $0.user = "lab" }
        let browser = fixture.browser
        let form = try browser.press(await browser.open("/gitlab_auth"))
        #expect(form.first("scope") == "read_user openid")
        // The page's own address, as the browser has called it.
        #expect(form.first("redirect_uri") == "http://127.0.0.1/gitlab_auth")
        let password = try #require(try await browser.signIn("/gitlab_auth").password)
        let answer = await fixture.token("lab", password, scope: "repository:acme/x:push&scope=repository:other/x:push")
        #expect(try BrowserFixture.actions(answer) == [["push"], []])
        try await fixture.expire("lab", "gitlab_auth")
        #expect(await fixture.token("lab", password).status == .ok)
        #expect(fixture.provider.requests("POST /oauth/token") >= 2)
        fixture.provider.change { $0.isMember = false }
        try await fixture.expire("lab", "gitlab_auth")
        #expect(await fixture.token("lab", password).status == .internalServerError)
        #expect(try await fixture.browser.signIn("/gitlab_auth").status == .internalServerError)
    }

    @Test("of Google takes verified addresses of the domain")
    func google() async throws {
        let fixture = try await BrowserFixture { _ in "" }
        let section =
            "google_auth: {client_id: CID, client_secret: \"S&+ecret\", domain: x.com, level_token_db: {path: /x}}"
        var settings = try BackendFolder.settings("\(BrowserFixture.users)\n\(BrowserFixture.acl)\n\(section)")
        var google = try #require(settings.backends.first as? GoogleSettings)
        #expect(google.profile.issuer == "https://accounts.google.com")
        google.profile.issuer = fixture.provider.url
        settings.backends = [google]
        let service = AuthService(
            settings, pool: BrowserFixture.pool, database: fixture.database, logger: Logger(label: "test"))
        let browser = Browser(service, fixture.provider)
        let form = try browser.press(await browser.open("/google_auth"))
        #expect(form.first("access_type") == "offline")
        #expect(form.first("redirect_uri") == "http://127.0.0.1/google_auth")
        fixture.provider.change { $0.claims = "" }
        #expect(try await Browser(service, fixture.provider).signIn("/google_auth").status == .forbidden)
        fixture.provider.change { $0.claims = #","email_verified":true"# }
        let password = try #require(try await Browser(service, fixture.provider).signIn("/google_auth").password)
        #expect(await BrowserFixture.token(service, "u@x.com", password).status == .ok)
        for address in ["u@y.com", "u@x.com@y.com", "x.com"] {
            fixture.provider.change { $0.email = address }
            #expect(
                try await Browser(service, fixture.provider).signIn("/google_auth").status == .forbidden, "\(address)")
        }
    }

    @Test("sends the browser back to the address that the proxy says it has called")
    func origin() async throws {
        let fixture = try await BrowserFixture { BrowserFixture.forge("gitlab", $0) }
        func redirect(_ headers: [String: String], authority: String?) async throws -> String {
            var fields = HTTPFields()
            for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
            let page = await fixture.service.answer(
                IncomingRequest(method: "GET", target: "/gitlab_auth", headers: fields, authority: authority),
                logger: Logger(label: "test"))
            return try fixture.browser.press(page).first("redirect_uri")
        }
        #expect(
            try await redirect(["X-Forwarded-Host": "reg.example:8443", "X-Forwarded-Proto": "https"], authority: nil)
                == "https://reg.example:8443/gitlab_auth")
        #expect(try await redirect([:], authority: "reg.example") == "https://reg.example/gitlab_auth")
        #expect(try await redirect([:], authority: "reg\"<b>") == "http://localhost/gitlab_auth")
    }
}

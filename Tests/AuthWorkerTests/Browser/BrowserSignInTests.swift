import Crypto
import Foundation
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

@Suite("A sign-in by browser", .timeLimit(.minutes(3)))
struct BrowserSignInTests {
    @Test("gives a docker password that counts until the next one, with the labels of the claims, and no refresh token")
    func right() async throws {
        let fixture = try await BrowserFixture()
        let page = try await fixture.browser.signIn()
        #expect(page.status == .ok)
        let password = try #require(page.password)
        #expect(page.text.contains("</span>docker login -u u@x.com -p \(password) reg.example.com</pre>"))
        #expect(page.text.contains("</span>nerdctl login -u u@x.com -p \(password) reg.example.com</pre>"))
        let answer = await fixture.token(
            "u@x.com", password, scope: "repository:dev/x:push&scope=repository:o/x:push,pull")
        #expect(answer.status == .ok)
        #expect(try BrowserFixture.actions(answer) == [["push"], ["pull"]])
        #expect(try JSONReader.read(answer.body)["refresh_token"] == nil)
        #expect(await fixture.token("u@x.com", "wrong").status == .unauthorized)
        #expect(await fixture.token("v@x.com", password).status == .unauthorized)
        #expect(await fixture.token("test", "123").status == .ok)

        let next = try #require(try await fixture.browser.signIn().password)
        #expect(await fixture.token("u@x.com", password).status == .unauthorized)
        #expect(await fixture.token("u@x.com", next).status == .ok)
        // Another process with the same database, and nothing in it that could be used as the password.
        let again = try BrowserFixture.service(
            BrowserFixture.openID(fixture.provider.url), AuthDatabase(path: fixture.database.path))
        #expect(await BrowserFixture.token(again, "u@x.com", next).status == .ok)
        let file = try Data(contentsOf: URL(filePath: fixture.database.path))
        #expect(file.range(of: Data(next.utf8)) == nil)
    }

    @Test(
        "binds the provider's answer to the browser: state, nonce, PKCE, and a cookie that no script and no other site has"
    )
    func page() async throws {
        let fixture = try await BrowserFixture()
        let browser = fixture.browser
        let page = await browser.open("/oidc_auth")
        let form = try browser.press(page)
        #expect(form.first("state").utf8.count == 43)
        #expect(form.first("nonce").utf8.count == 43)
        #expect(form.first("code_challenge").utf8.count == 43)
        #expect(form.first("code_challenge_method") == "S256")
        #expect(Set(["state", "nonce", "code_challenge"].map(form.first)).count == 3)
        let cookie = try #require(page.headers[.setCookie])
        #expect(cookie.hasPrefix("__Host-dockmaster-oidc_auth="))
        for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
            #expect(cookie.contains(attribute))
        }
        // Neither is in the page or the cookie.
        let value = cookie.prefix { $0 != ";" }
        for name in ["state", "nonce", "code_challenge"] { #expect(!value.contains(form.first(name))) }
        for name in ["Content-Security-Policy", "Cache-Control", "X-Frame-Options", "Referrer-Policy"] {
            let field = try #require(HTTPField.Name(name))
            #expect(page.headers[field] != nil, "\(name)")
        }
    }

    @Test("ignores answers of another browser, another state, another time and another back-end")
    func states() async throws {
        let fixture = try await BrowserFixture()
        let mine = fixture.browser
        let form = try mine.press(await mine.open("/oidc_auth"))
        let code = fixture.provider.agree(form)
        let other = fixture.browser
        let otherForm = try other.press(await other.open("/oidc_auth"))
        for state in ["", "whatever", otherForm.first("state"), String(form.first("state").dropLast())] {
            #expect(await mine.open("/oidc_auth?code=\(code)&state=\(state)").status == .badRequest, "\(state)")
        }
        // A victim's browser that is led to an answer of mine, with a cookie of its own and without one.
        #expect(await other.open("/oidc_auth?code=\(code)&state=\(form.first("state"))").status == .badRequest)
        let fresh = fixture.browser
        #expect(await fresh.open("/oidc_auth?code=\(code)&state=\(form.first("state"))").status == .badRequest)
        #expect(fixture.provider.requests("POST /token") == 0)
        #expect(await mine.open("/oidc_auth?code=\(code)&state=\(form.first("state"))").status == .ok)

        let flow = SignInFlow(backend: "oidc_auth", now: 1_000)
        #expect(SignInFlow(cookie: flow.cookie, backend: "oidc_auth", now: 1_600)?.state == flow.state)
        for (backend, now) in [("oidc_auth", Int64(1_601)), ("oidc_auth", 999), ("github_auth", 1_000)] {
            #expect(SignInFlow(cookie: flow.cookie, backend: backend, now: now) == nil)
        }
        let parts = flow.cookie.split(separator: ".").map(String.init)
        #expect(SignInFlow(cookie: "\(parts[0]).1001.\(parts[2])", backend: "oidc_auth", now: 1_001) == nil)
    }

    @Test("takes no answer twice, and no code that was given for another sign-in")
    func replays() async throws {
        let fixture = try await BrowserFixture()
        let browser = fixture.browser
        let form = try browser.press(await browser.open("/oidc_auth"))
        let target = "/oidc_auth?code=\(fixture.provider.agree(form))&state=\(form.first("state"))"
        let kept = browser.cookies
        #expect(await browser.open(target).status == .ok)
        #expect(browser.cookies.isEmpty)
        // Somebody has copied cookie and address.
        let thief = fixture.browser
        let headers: HTTPFields = [.cookie: kept.map { "\($0.key)=\($0.value)" }.joined()]
        let replay = await fixture.service.answer(
            IncomingRequest(method: "GET", target: target, headers: headers), logger: Logger(label: "test"))
        #expect(replay.status == .badRequest)
        #expect(fixture.provider.requests("POST /token") == 1)
        // The code of one flow in another, whose state is right: the verifier is not.
        let stolen = fixture.provider.agree(try thief.press(await thief.open("/oidc_auth")))
        let own = try browser.press(await browser.open("/oidc_auth"))
        let mixed = await browser.open("/oidc_auth?code=\(stolen)&state=\(own.first("state"))")
        #expect(mixed.status == .internalServerError)
        #expect(mixed.text.hasPrefix("Error talking to OIDC auth backend: "))
        #expect(mixed.text.contains("400 (invalid_grant: )"))
    }

    @Test(
        "gives nothing for an ID token that is not its issuer's, for another client, another sign-in or another time",
        arguments: [
            "another signature", "no signature", "another issuer", "another audience", "another nonce", "expired",
            "another party", "a second nonce",
        ])
    func forgeries(fault: String) async throws {
        let fixture = try await BrowserFixture()
        fixture.provider.change { behaviour in
            switch fault {
            case "another signature": behaviour.key = P256.Signing.PrivateKey()
            case "no signature": behaviour.signsNothing = true
            case "another issuer": behaviour.issuer = "https://elsewhere.example"
            case "another audience": behaviour.audience = "other"
            case "another nonce": behaviour.nonce = "x"
            case "expired": behaviour.end = -120
            case "another party": behaviour.claims = #","azp":"other""#
            default: behaviour.claims = #","nonce":"x""#
            }
        }
        let page = try await fixture.browser.signIn()
        #expect(page.status == .internalServerError)
        #expect(page.text.hasPrefix("Failed to verify ID token: "), "\(page.text)")
        #expect(page.password == nil)
        let store = EmbeddedSignInStore(queue: fixture.database.queue, backend: "oidc_auth")
        #expect(try await store.record(of: "u@x.com") == nil)
    }

    @Test("takes only an address that is not said to be unverified, and a name that can be an account")
    func accounts() async throws {
        let fixture = try await BrowserFixture()
        fixture.provider.change { $0.email = nil }
        let nameless = try await fixture.browser.signIn()
        #expect(nameless.status == .internalServerError)
        #expect(nameless.text == "No \"email\" claim in ID token\n")
        fixture.provider.change { ($0.email, $0.claims) = ("u@x.com", #","email_verified":false"#) }
        #expect(try await fixture.browser.signIn().status == .forbidden)
        fixture.provider.change { ($0.email, $0.claims) = ("a:b@x.com", "") }
        #expect(try await fixture.browser.signIn().status == .forbidden)
        fixture.provider.change { $0.email = "a\nb@x.com" }
        #expect(try await fixture.browser.signIn().status == .forbidden)
    }

    @Test("shows nothing that a browser would run or a shell would read otherwise")
    func escaping() async throws {
        let fixture = try await BrowserFixture()
        fixture.provider.change { $0.email = #""><script>alert('1')</script>$(reboot)@x.com"# }
        let page = try await fixture.browser.signIn()
        #expect(page.status == .ok)
        #expect(!page.text.contains("<script>"))
        #expect(page.text.contains("&lt;script&gt;"))
        // One word: '">…'\''1'\''…'
        #expect(page.text.contains("-u &#39;&#34;&gt;&lt;script&gt;alert(&#39;\\&#39;&#39;1&#39;\\&#39;&#39;)"))
        let denied = await fixture.browser.open("/oidc_auth?error=%3Cscript%3E&error_description=%3Cb%3E")
        #expect(denied.status == .badRequest)
        #expect(!denied.text.contains("<"))
        #expect(denied.headers[.contentType] == "text/plain; charset=utf-8")
    }

    @Test("is asked of the provider again when its time is over, once for all who come, and ends when that says no")
    func renewal() async throws {
        let fixture = try await BrowserFixture()
        let password = try #require(try await fixture.browser.signIn().password)
        try await fixture.expire("u@x.com")
        fixture.provider.change { $0.claims = #","groups":["web"]"# }
        await withTaskGroup(of: HTTPResponse.Status.self) { group in
            for _ in 0..<10 { group.addTask { await fixture.token("u@x.com", password).status } }
            for await status in group { #expect(status == .ok) }
        }
        // One for the code, one for ten logins: the provider takes each refresh token once.
        #expect(fixture.provider.requests("POST /token") == 2)
        let answer = await fixture.token(
            "u@x.com", password, scope: "repository:web/x:push&scope=repository:dev/x:push")
        #expect(try BrowserFixture.actions(answer) == [["push"], []])
        // Rotated, and kept.
        try await fixture.expire("u@x.com")
        #expect(await fixture.token("u@x.com", password).status == .ok)

        try await fixture.expire("u@x.com")
        fixture.provider.change { $0.user = "v@x.com" }
        let other = await fixture.token("u@x.com", password)
        #expect(other.status == .internalServerError)
        #expect(other.text == "Authentication failed (authn #2 returned error: found token for wrong user)\n")
        fixture.provider.change { ($0.user, $0.isDown) = ("u@x.com", true) }
        #expect(await fixture.token("u@x.com", password).status == .serviceUnavailable)
        #expect(await fixture.token("test", "123").status == .ok)
        fixture.provider.change { ($0.isDown, $0.refreshError) = (false, "nope") }
        let ended = await fixture.token("u@x.com", password)
        #expect(ended.status == .internalServerError)
        #expect(
            ended.text
                == "Authentication failed (authn #2 returned error: failed to refresh token: invalid_grant: nope)\n")
        // Whoever does not have the password learns nothing of it.
        #expect(await fixture.token("u@x.com", "x").status == .unauthorized)
    }

    @Test("that cannot be renewed ends with its time")
    func withoutRefreshToken() async throws {
        let fixture = try await BrowserFixture()
        fixture.provider.change { $0.givesRefreshToken = false }
        let password = try #require(try await fixture.browser.signIn().password)
        #expect(await fixture.token("u@x.com", password).status == .ok)
        try await fixture.expire("u@x.com")
        let answer = await fixture.token("u@x.com", password)
        #expect(answer.status == .internalServerError)
        #expect(answer.text.contains("Please sign out and sign in again"))
    }

    @Test("is 503 while the provider is down, and works when it is back")
    func outage() async throws {
        let fixture = try await BrowserFixture()
        fixture.provider.change { $0.isDown = true }
        #expect(await fixture.browser.open("/oidc_auth").status == .serviceUnavailable)
        fixture.provider.change { $0.isDown = false }
        try await ServerTool.wait { await fixture.browser.open("/oidc_auth").status == .ok }
    }

    @Test("is ended by dockmaster user logout")
    func logout() async throws {
        let fixture = try await BrowserFixture()
        let password = try #require(try await fixture.browser.signIn().password)
        #expect(try await fixture.service.state.forget("u@x.com") == 1)
        #expect(try await fixture.service.state.forget("u@x.com") == 0)
        #expect(await fixture.token("u@x.com", password).status == .unauthorized)
    }
}

import BundleConfig
import Testing

@testable import AuthWorker

@Suite("The settings of a sign-in by browser")
struct BrowserSettingsTests {
    private func problems(_ section: String) -> String { BackendFolder.problems("users: {}\nacl: []\n\(section)") }

    @Test(
        "are refused where something is missing, is not served, or would show secrets",
        arguments: [
            ("oidc_auth: {}", "has no client_id"),
            (
                "oidc_auth: {client_id: a, client_secret: b, redirect_url: https://x, level_token_db: {path: /x}}",
                "has no issuer"
            ),
            (
                "oidc_auth: {client_id: a, client_secret: b, issuer: http://x, redirect_url: https://x}",
                "is no https address"
            ),
            (
                "github_auth: {client_id: a, client_secret: b, gcs_token_db: {bucket: b}}",
                "no client for Google's storage"
            ),
            (
                "github_auth: {client_id: a, client_secret: b, redis_token_db: {redis_cluster_options: {addrs: [a]}}}",
                "one Redis"
            ),
            (
                "github_auth: {client_id: a, client_secret: b, github_api_uri: http://github.example}",
                "is no https address"
            ),
            ("github_auth: {client_id: a, client_secret_file: /nope}", "/nope"),
            ("gitlab_auth: {client_id: a, client_secret: b, grant_type: password}", "authorization_code"),
            ("google_auth: {client_id: a, client_secret: b, token_hash: 3}", "is not a known key"),
        ])
    func refused(section: String, problem: String) {
        #expect(problems(section).contains(problem), "\(problems(section))")
    }

    @Test(
        "are warned of where a sign-in cannot succeed or a network could listen",
        arguments: [
            (
                "oidc_auth: {client_id: a, client_secret: b, issuer: https://x, redirect_url: http://x/oidc_auth}",
                "keep no cookie"
            ),
            (
                "oidc_auth: {client_id: a, client_secret: b, issuer: https://x, redirect_url: https://x, scopes: []}",
                "no openid"
            ),
            (
                "oidc_auth: {client_id: a, client_secret: b, issuer: https://x, redirect_url: https://x, label_claims: [g]}",
                "labels_claims"
            ),
            (
                "github_auth: {client_id: a, client_secret: b, redis_token_db: {redis_options: {addr: \"r:6379\"}}}",
                "without TLS"
            ),
            ("github_auth: {client_id: a, client_secret: b, http_timeout: -3s}", "stands for the default"),
        ])
    func warned(section: String, problem: String) {
        #expect(problems(section).contains(problem), "\(problems(section))")
    }

    @Test("read a secret from a file that others may not read")
    func secretFile() throws {
        let folder = try BackendFolder()
        let file = try folder.write("secret", "  s\n", mode: 0o640)
        #expect(problems("github_auth: {client_id: a, client_secret_file: \(file)}").contains("has the mode 0640"))
        try folder.write("secret", "  s\n")
        let settings = try BackendFolder.settings(
            "users: {}\nacl: []\ngithub_auth: {client_id: a, client_secret_file: \(file)}")
        #expect((settings.backends.first as? ForgeSettings)?.browser.clientSecret.reveal() == "s")
    }
}

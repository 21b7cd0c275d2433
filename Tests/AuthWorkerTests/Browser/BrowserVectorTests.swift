import BundleConfig
import HTTPService
import HTTPTypes
import Logging
import RegistryToken
import Testing

@testable import AuthWorker

/// Sign-ins of vectors are replayed with what ours demands and docker_auth does not: a state of the browser's own (✗).
@Suite("The pages of browsers' sign-ins, against docker_auth's", .timeLimit(.minutes(3)))
struct BrowserVectorTests {
    private let provider: FakeProvider
    private let folder: BackendFolder

    init() async throws {
        provider = try await FakeProvider()
        folder = try BackendFolder()
    }

    private func service(_ name: String) throws -> AuthService {
        let text = TestKeys.adapted(try Vectors.configuration(name)).replacing(
            "http://127.0.0.1:15998", with: provider.url
        ).replacing("client_secret: S,", with: "client_secret: \"\(FakeProvider.secret)\",").replacing(
            "./gen/", with: "\(folder.path)/")
        return AuthService(
            try AuthSettings(try .parse(text, file: "\(name).yml")), pool: BrowserFixture.pool,
            logger: Logger(label: "test"))
    }

    private func vectors(_ names: Set<String>) throws -> [JSONValue] {
        try Vectors.read("http_cases.jsonl").filter { names.contains($0.text("config")) }
    }

    @Test("answer what needs no provider alike")
    func pages() async throws {
        var count = 0
        for vector in try vectors(["github", "google", "oidc"]) {
            let id = vector.text("id")
            let service = try service(vector.text("config"))
            let request = try #require(vector["request"])
            var headers = HTTPFields()
            if let credentials = request["headers"]?["Authorization"]?.string { headers[.authorization] = credentials }
            let answer = await service.answer(
                IncomingRequest(
                    method: request.text("method"), target: request.text("target"), headers: headers,
                    body: Array(request.text("body").utf8)), logger: Logger(label: "test"))
            let isSignIn = request.text("target").contains("code=")
            switch id {
            case _ where isSignIn:
                // ✗ docker_auth has no state: an answer that this browser has not asked for would count.
                #expect(answer.status == .badRequest, "\(id)")
            case "github-page", "oidc-page":
                #expect(answer.status == .ok)
                let theirs = try #require(vector.text("body").firstMatch(of: /href="([^"]*)"/)?.1)
                    .replacing("http://127.0.0.1:15998", with: provider.url)
                #expect(try Browser.link(answer).lowercased().hasPrefix(theirs.lowercased()), "\(id)")
            case "google-index":
                // docker_auth forgets the prefix, and its link leads nowhere.
                #expect(answer.text == vector.text("body").replacing("/google_auth", with: "/p/google_auth"))
            case "oidc-oldpw-after-resignin": #expect(answer.status == .unauthorized)
            case "oidc-expired-refresh", "oidc-expired-refresh-fails", "oidc-refresh-wrong-user":
                // Replayed below, after a sign-in.
                continue
            case "oidc-static-still": #expect(answer.status == .ok)
            default:
                #expect(answer.status.code == vector["status"]?.integer.map(Int.init), "\(id)")
                #expect(answer.text == vector.text("body"), "\(id)")
                for header in vector["headers"]?.members ?? [] {
                    let name = try #require(HTTPField.Name(header.key))
                    #expect(answer.headers[name] == header.value.string, "\(id)")
                }
            }
            count += 1
        }
        #expect(count >= 14)
    }

    @Test("answer a sign-in, its renewal and its end alike")
    func signIns() async throws {
        let service = try service("oidc")
        let vectors = Dictionary(
            try vectors(["oidc", "github2"]).map { ($0.text("id"), $0) }, uniquingKeysWith: { first, _ in first })
        // Over at once: less than half a minute.
        provider.change { ($0.lifetime, $0.end) = (1, 20) }
        let page = try await Browser(service, provider).signIn()
        let password = try #require(page.password)
        // What docker_auth shows is in ours, line by line.
        let theirs = try #require(vectors["oidc-signin-shortlived"]).text("body")
        for line in theirs.split(separator: "\n") where line.contains("<pre") || line.contains("registry") {
            #expect(page.text.contains(line.replacing("euMWya7TzfeHyi3z", with: password)), "\(line)")
        }
        func ask(_ scope: String? = nil) async -> OutgoingAnswer {
            await BrowserFixture.token(service, "u@x.com", password, scope: scope)
        }
        #expect(try BrowserFixture.actions(await ask("repository:dev/x:push")) == [["push"]])
        provider.change { $0.user = "other@x.com" }
        #expect(await ask().text == vectors["oidc-refresh-wrong-user"]?.text("body"))
        provider.change { ($0.user, $0.refreshError) = ("u@x.com", "nope") }
        let ended = await ask()
        #expect(ended.text == vectors["oidc-expired-refresh-fails"]?.text("body"))
        #expect(ended.status == .internalServerError)
        provider.change { $0.email = nil }
        #expect(try await Browser(service, provider).signIn().text == vectors["oidc-no-email"]?.text("body"))

        let gitHub = try self.service("github2")
        provider.change { ($0.user, $0.refreshError, $0.givesRefreshToken) = ("octo", nil, false) }
        let word = try #require(try await Browser(gitHub, provider).signIn("/github_auth").password)
        provider.change { $0.isMember = false }
        // revalidate_after is a second.
        let theirEnd = vectors["github-revalidate-not-member"]?.text("body")
        try await ServerTool.wait { await BrowserFixture.token(gitHub, "octo", word).text == theirEnd }
    }
}

import BundleConfig
import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("Files that ask for a sign-in", .timeLimit(.minutes(1)))
struct SignInTests {
    private static func change(_ configuration: inout ProxyConfiguration, _ signIn: RouteSignIn = RouteSignIn()) {
        configuration.upstreams.append(.init(name: "auth", sockets: configuration.upstreams[0].sockets))
        let docroot = configuration.routes[2].docroot
        configuration.routes.append(.init(prefix: "/private/", docroot: docroot, signIn: signIn))
    }

    private static func start(_ signIn: RouteSignIn = RouteSignIn()) async throws -> TestProxy {
        let proxy = try await TestProxy.start { change(&$0, signIn) }
        try FileManager.default.createDirectory(
            atPath: "\(proxy.folder)/www/private", withIntermediateDirectories: true)
        try proxy.write("hidden", to: "www/private/a.txt")
        try proxy.write("open", to: "www/a.txt")
        return proxy
    }

    private static func questions(_ proxy: TestProxy) -> [HTTPRequestHead] {
        proxy.upstream.seen.withLock { $0.requests.filter { $0.uri.hasPrefix("/auth?") } }
    }

    @Test("are given to whom the auth worker lets in, and a challenge to others", arguments: ["--http1.1", "--http2"])
    func basic(_ version: String) async throws {
        let proxy = try await Self.start()
        let url = proxy.url("/private/a.txt")
        func ask(_ arguments: String...) async throws -> String {
            try await proxy.curl(arguments: [version, "-i"] + arguments).output
        }
        #expect(try await ask(proxy.url("/a.txt")).hasSuffix("open"))
        let bare = try await ask(url)
        #expect(
            bare.contains(" 401") && bare.lowercased().contains("www-authenticate: basic realm=\"a.test\", charset"))
        #expect(bare.contains("UNAUTHORIZED") && !bare.contains("hidden"))
        #expect(Self.questions(proxy).isEmpty)
        #expect(try await ask("-u", "alice:wrong", url).contains(" 401"))
        #expect(try await ask("-H", "Authorization: Bearer x", url).contains(" 401"))
        #expect(try await ask("-u", "odd:secret", url).contains(" 401"))
        #expect(try await ask("-u", ":secret", url).contains(" 401"))
        #expect(try await ask("-u", "alice:secret", url).hasSuffix("hidden"))
        #expect(try await ask("-u", "alice:secret", "-r", "0-2", url).hasSuffix("hid"))
        #expect(try await ask("-u", "alice:secret", proxy.url("/private/none")).contains(" 404"))
        let question = try #require(Self.questions(proxy).first)
        #expect(question.method == .GET && question.uri == "/auth?service=a.test")
        #expect(question.headers["x-real-ip"] == ["127.0.0.1"] && question.headers["x-forwarded-for"] == ["127.0.0.1"])
        #expect(question.headers["authorization"].count == 1 && question.headers["x-request-id"].count == 1)
        await proxy.stop()
    }

    @Test("say 429 with Retry-After as the auth worker does, and 503 while it is away or broken")
    func trouble() async throws {
        let proxy = try await Self.start()
        let url = proxy.url("/private/a.txt")
        let throttled = try await proxy.curl("-i", "-u", "throttled:x", url).output.lowercased()
        #expect(throttled.contains(" 429") && throttled.contains("retry-after: 7\r\n"))
        #expect(try await proxy.curl("-i", "-u", "broken:x", url).output.contains(" 503"))
        try await proxy.reload {
            Self.change(&$0)
            $0.upstreams[1].sockets = ["\(proxy.folder)/nobody.sock"]
            $0.limits.connectTimeout = .milliseconds(100)
        }
        let away = try await proxy.curl("-i", "-u", "alice:secret", url).output
        #expect(away.contains(" 503") && away.lowercased().contains("retry-after: 5\r\n") && !away.contains("hidden"))
        await proxy.stop()
    }

    @Test("ask once for many, and anew after a reload and for other words")
    func remembered() async throws {
        let proxy = try await Self.start()
        let urls = (0..<30).map { proxy.url("/private/a.txt?\($0)") }
        let all = try await proxy.curl(arguments: ["--http2", "-Z", "-u", "alice:secret"] + urls)
        #expect(all.output == String(repeating: "hidden", count: 30))
        let url = proxy.url("/private/a.txt")
        for _ in 0..<10 { #expect(try await proxy.curl("-u", "alice:secret", url).output == "hidden") }
        // Each event loop remembers for itself.
        #expect((1...2).contains(Self.questions(proxy).count))
        for _ in 0..<5 { _ = try await proxy.curl("-u", "alice:wrong", url) }
        let wrong = Self.questions(proxy).count
        #expect((6...7).contains(wrong))
        try await proxy.reload { Self.change(&$0) }
        #expect(try await proxy.curl("-u", "alice:secret", url).output == "hidden")
        #expect(Self.questions(proxy).count == wrong + 1)
        await proxy.stop()
    }

    @Test("may be for some of those who sign in, by certificate too")
    func users() async throws {
        let authority = try TestAuthority()
        let chain = try await authority.makeAuthority("ca", key: "P-256")
        for name in ["bob", "carol"] { try await authority.issue(name, subject: "/CN=\(name)", from: "ca") }
        let proxy = try await Self.start(RouteSignIn(realm: "Team", users: ["alice", "bob"]))
        let url = proxy.url("/private/a.txt")
        #expect(try await proxy.curl("-u", "alice:secret", url).output == "hidden")
        #expect(try await proxy.curl("-i", "-u", "carol:secret", url).output.contains(" 403"))
        #expect(try await proxy.curl("-i", url).output.lowercased().contains("basic realm=\"team\""))
        try await proxy.reload {
            Self.change(&$0, RouteSignIn(realm: "Team", users: ["alice", "bob"]))
            $0.clientCertificates = ClientCertificates(authority: chain)
        }
        func with(_ name: String, _ arguments: String...) async throws -> String {
            try await proxy.curl(
                arguments: [
                    "-i", "--cert", "\(authority.folder)/\(name).pem", "--key", "\(authority.folder)/\(name).key",
                ]
                    + arguments + [url]
            ).output
        }
        #expect(try await with("bob").hasSuffix("hidden"))
        #expect(try await with("carol").contains(" 403"))
        #expect(try await with("carol", "-u", "alice:secret").hasSuffix("hidden"))
        #expect(try await with("bob", "-u", "alice:wrong").contains(" 401"))
        await proxy.stop()
        authority.remove()
    }

    @Test("are served over TLS only")
    func plain() async throws {
        let proxy = try await TestProxy.start {
            Self.change(&$0)
            $0.httpRedirect = false
        }
        let answer = try await proxy.curl("-i", "-u", "alice:secret", "http://localhost:\(proxy.http)/private/a.txt")
        #expect(answer.output.contains(" 403") && Self.questions(proxy).isEmpty)
        await proxy.stop()
    }

    @Test("name their reader in the access log, and never the password")
    func logged() async throws {
        let proxy = try await Self.start()
        let port = proxy.https
        await proxy.service.drain(within: .zero)
        let config = "\(proxy.folder)/proxy.yml"
        try String(contentsOfFile: config, encoding: .utf8).replacingOccurrences(of: "critical", with: "debug")
            .write(toFile: config, atomically: true, encoding: .utf8)
        let result = try await BinaryTests.run(["--config", config], log: "\(proxy.folder)/log") { process in
            let url = "https://localhost:\(port)/private/a.txt"
            #expect(
                try await proxy.curl(
                    "--retry", "20", "--retry-all-errors", "--retry-delay", "1", "-u", "alice:secret", url
                ).output == "hidden")
            _ = try await proxy.curl("-u", "mallory:geheim", url)
            process.terminate()
        }
        let lines = result.log.split(separator: "\n").filter { $0.contains("/private/a.txt") }
        #expect(lines.contains { $0.contains(#""status":200"#) && $0.contains(#""user":"alice""#) }, "\(result.log)")
        #expect(lines.contains { $0.contains(#""status":401"#) && !$0.contains("mallory") })
        let secrets = ["secret", "geheim", "YWxpY2U6c2VjcmV0", "bWFsbG9yeTpnZWhlaW0"]
        #expect(!secrets.contains { result.log.contains($0) })
        await proxy.stop()
    }

    @Test("believe the token of the answer, and nothing else of it")
    func verdicts() {
        let verdict = { (status: Int, body: String) in SignInVerdict(status: status, retryAfter: nil, body: body) }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/auth?",
            headers: ["authorization": "Basic " + Data("zoë:secret".utf8).base64EncodedString()])
        #expect(verdict(200, FakeAuth.answer(head).body) == .signedIn(user: "zoë"))
        for body in ["", "{}", #"{"access_token":""}"#, #"{"access_token":"a.b.c"}"#, #"{"access_token":"a.e30.c"#] {
            #expect(verdict(200, body) == .refused, "\(body)")
        }
        #expect(verdict(403, "") == .refused)
        #expect(verdict(302, "") == .unavailable("it answered 302"))
        #expect(verdict(429, "") == .delayed(seconds: 60))
        #expect(SignInVerdict(status: 429, retryAfter: "-5", body: "") == .delayed(seconds: 1))
    }
}

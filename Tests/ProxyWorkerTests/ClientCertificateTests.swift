import BundleConfig
import Glibc
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("A client's certificate", .timeLimit(.minutes(1)))
struct ClientCertificateTests {
    private static let request = "GET /v2/head HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"

    private static func authority() async throws -> (TestAuthority, ClientCertificates) {
        let authority = try TestAuthority()
        let chain = try await authority.makeAuthority("ca", key: "P-256")
        try await authority.issue("alice", subject: "/O=Example Org/CN=alice", from: "ca")
        return (authority, ClientCertificates(authority: chain))
    }

    private static func shown(_ authority: TestAuthority, _ file: String) -> [String] {
        ["--cert", "\(authority.folder)/\(file).pem", "--key", "\(authority.folder)/\(file).key"]
    }

    @Test("that is verified is told to the upstream, and nothing that a client says of it", arguments: ["1.1", "2"])
    func told(_ version: String) async throws {
        let (authority, clients) = try await Self.authority()
        let proxy = try await TestProxy.start { $0.clientCertificates = clients }
        let forged = [
            "--http\(version)", "-H", "X-Dockmaster-Client-Name: root", "-H", "x_dockmaster_client_name: root", "-H",
            "X-Dockmaster-Client-Subject: CN=root", "-H", "X-Dockmaster-Client-Fingerprint: 00",
        ]
        let bare = try await proxy.curl(arguments: forged + [proxy.url("/v2/head")])
        #expect(bare.status == 0 && bare.output.contains("x-request-id: "))
        #expect(!bare.output.contains("dockmaster") && !bare.output.contains("root"))
        let named = try await proxy.curl(
            arguments: Self.shown(authority, "alice") + forged + [proxy.url("/v2/head")]
        ).output
        let fingerprint = try await Tool.openssl(
            "x509", "-in", "\(authority.folder)/alice.pem", "-noout", "-fingerprint", "-sha256")
        let digits = fingerprint.split(separator: "=").last?.filter(\.isHexDigit).lowercased() ?? ""
        #expect(named.contains("x-dockmaster-client-name: alice\n"))
        #expect(named.contains("x-dockmaster-client-subject: CN%3Dalice%2CO%3DExample%20Org\n"), "\(named)")
        #expect(digits.count == 64 && named.contains("x-dockmaster-client-fingerprint: \(digits)\n"))
        #expect(!named.contains("root"))
        await proxy.stop()
        authority.remove()
    }

    @Test("that does not verify ends the handshake, and none at all where one is required")
    func refused() async throws {
        let (authority, clients) = try await Self.authority()
        _ = try await authority.makeAuthority("stranger", key: "P-256")
        try await authority.issue("foreign", subject: "/CN=alice", from: "stranger")
        try await authority.issue("ended", subject: "/CN=alice", from: "ca", days: -1)
        try await authority.issue(
            "server", subject: "/CN=alice", from: "ca", extensions: ["extendedKeyUsage=serverAuth"])
        try await authority.issue("client", subject: "/CN=bob", from: "ca", extensions: ["extendedKeyUsage=clientAuth"])
        let proxy = try await TestProxy.start { $0.clientCertificates = clients }
        for version in [["--tls-max", "1.2"], ["--tlsv1.3"]] {
            for file in ["foreign", "ended", "server"] {
                let result = try await proxy.curl(
                    arguments: version + Self.shown(authority, file) + [proxy.url("/v2/head")])
                #expect(result.status != 0 && result.output.isEmpty, "\(file) \(version)")
            }
            let good = try await proxy.curl(
                arguments: version + Self.shown(authority, "client") + [proxy.url("/v2/head")])
            #expect(good.output.contains("x-dockmaster-client-name: bob\n"))
        }
        #expect(proxy.upstream.seen.withLock { $0.requests.count } == 2)
        try await proxy.reload { $0.clientCertificates = .init(authority: clients.authority, mode: .required) }
        for version in [["--tls-max", "1.2"], ["--tlsv1.3"]] {
            let none = try await proxy.curl(arguments: version + [proxy.url("/v2/head")])
            #expect(none.status != 0 && none.output.isEmpty)
            let good = try await proxy.curl(
                arguments: version + Self.shown(authority, "alice") + [proxy.url("/v2/head")])
            #expect(good.output.contains("x-dockmaster-client-name: alice\n"))
        }
        await proxy.stop()
        authority.remove()
    }

    @Test("stays with the session that is resumed, and crosses to no other host", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(_ version: String) async throws {
        let (authority, clients) = try await Self.authority()
        let proxy = try await TestProxy.start {
            $0.certificates = [TestCertificates.a, TestCertificates.b]
            $0.clientCertificates = clients
        }
        let folder = authority.folder
        func says(_ arguments: String...) async throws -> String {
            try await Tool.client(port: proxy.https, [version] + arguments, request: Self.request)
        }
        let alice = ["-cert", "\(folder)/alice.pem", "-key", "\(folder)/alice.key"]
        let first = try await says(
            "-servername", "a.test", alice[0], alice[1], alice[2], alice[3], "-sess_out", "\(folder)/s")
        #expect(first.contains("New, ") && first.contains("x-dockmaster-client-name: alice\n"))
        let again = try await says("-servername", "a.test", "-sess_in", "\(folder)/s")
        #expect(again.contains("Reused, ") && again.contains("x-dockmaster-client-name: alice\n"))
        let other = try await says("-servername", "b.test", "-sess_in", "\(folder)/s")
        #expect(other.contains("New, ") && other.contains("HTTP/1.1 200 OK") && !other.contains("alice"))
        let bare = try await says("-servername", "a.test", "-sess_out", "\(folder)/bare")
        #expect(bare.contains("New, ") && !bare.contains("x-dockmaster-client"))
        let bareAgain = try await says("-servername", "a.test", "-sess_in", "\(folder)/bare")
        #expect(bareAgain.contains("Reused, ") && !bareAgain.contains("x-dockmaster-client"))

        // Another authority: neither the session nor the certificate is worth anything any more.
        let next = try await authority.makeAuthority("next", key: "P-256")
        try await proxy.reload {
            $0.certificates = [TestCertificates.a, TestCertificates.b]
            $0.clientCertificates = ClientCertificates(authority: next)
        }
        let late = try await says("-servername", "a.test", "-sess_in", "\(folder)/s")
        #expect(late.contains("New, ") && late.contains("HTTP/1.1 200 OK") && !late.contains("alice"))
        let void = try await says("-servername", "a.test", alice[0], alice[1], alice[2], alice[3])
        #expect(!void.contains("HTTP/1.1"))
        await proxy.stop()
        authority.remove()
    }

    @Test("names its owner by the common name, else by the first alternative name")
    func names() async throws {
        let authority = try TestAuthority()
        _ = try await authority.makeAuthority("ca", key: "P-256")
        func identity(_ subject: String, _ extensions: String...) async throws -> ClientIdentity? {
            let (chain, _) = try await authority.issue("x", subject: subject, from: "ca", extensions: extensions)
            return ClientIdentity(
                certificate: try NIOSSLCertificate(bytes: Array(chain.utf8), format: .pem).toDERBytes())
        }
        #expect(try await identity("/CN=alice", "subjectAltName=email:a@x.test")?.name == "alice")
        #expect(try await identity("/O=x", "subjectAltName=email:a@x.test,DNS:b.test")?.name == "a@x.test")
        #expect(try await identity("/O=x", "subjectAltName=URI:spiffe://x/ci")?.name == "spiffe://x/ci")
        #expect(try await identity("/CN=a/CN=b")?.name == nil)
        #expect(try await identity("/O=x")?.name == nil)
        let odd = try await identity("/O=Ä, B\\+C/CN=zoë \u{1}x")
        #expect(
            odd?.name == "zoë \u{1}x" && odd?.subject == #"CN=zoë \#u{1}x,O=Ä\, B\+C"#, "\(String(describing: odd))")
        let facts = RequestHeaders.Facts(requestID: "1", remote: "r", https: true, host: "h", port: 1, client: odd)
        let sent = RequestHeaders.forwarded(["Host": "h"], method: .GET, framing: .none, facts: facts)
        #expect(sent["x-dockmaster-client-name"] == ["zo%C3%AB%20%01x"])
        authority.remove()
    }

    @Test("that has ended identifies nobody, within a resumed session either")
    func ended() async throws {
        let (authority, _) = try await Self.authority()
        let (chain, _) = try await authority.issue("ended", subject: "/CN=alice", from: "ca", days: -1)
        let read = { (text: String) in try NIOSSLCertificate(bytes: Array(text.utf8), format: .pem) }
        let now = Int(time(nil))
        let ended = try read(chain)
        #expect(throws: ClientCertificate.Useless(reason: "it has ended")) {
            try ClientCertificate(ended, now: now)
        }
        let alice = try ClientCertificate(try read(try authority.text("alice.pem")), now: now)
        #expect(alice.identity.name == "alice")
        // Nor does one that ends while its connection lives.
        var connection = ClientConnection(
            remote: "192.0.2.1", address: [192, 0, 2, 1], https: true, certificate: alice, isHTTP2: true, port: 443)
        #expect(connection.client == alice.identity)
        connection.certificate?.end = now - 1
        #expect(connection.client == nil)
        authority.remove()
    }

    @Test("lets nobody in any longer once a reload asks for others, on connections that are open either")
    func reloaded() async throws {
        let (authority, clients) = try await Self.authority()
        let next = try await authority.makeAuthority("next", key: "P-256")
        let proxy = try await TestProxy.start { $0.clientCertificates = clients }
        let identity = (chain: "\(authority.folder)/alice.pem", key: "\(authority.folder)/alice.key")
        let request = "GET /v2/head HTTP/1.1\r\nHost: a.test\r\n\r\n"
        let client = try await RawClient.connect(port: proxy.https, identity: identity)
        #expect(try await client.ask(request).contains("x-dockmaster-client-name: alice\n"))
        let second = try await RawClient.connect(port: proxy.https, protocols: ["h2"], identity: identity)
        try await second.send(ByteBuffer(bytes: Frames.preface + Frames.settings() + Frames.headers(1)))
        #expect(await proxy.upstream.waits { $0.requests.count == 2 })
        // One that changes nothing of it leaves them alone.
        try await proxy.reload { $0.clientCertificates = clients }
        #expect(try await client.ask(request, answers: 2).ranges(of: "client-name: alice").count == 2)
        #expect(!Frames.all(in: second.bytes).contains { $0.type == 7 })
        try await proxy.reload { $0.clientCertificates = ClientCertificates(authority: next) }
        #expect(await client.textUntilClose() != nil)
        await eventually("GOAWAY comes") { Frames.all(in: second.bytes).contains { $0.type == 7 } }
        await second.close()
        await proxy.stop()
        authority.remove()
    }

    @Test("that names nobody is as good as none: who need not show one is served", arguments: ["1.1", "2"])
    func nobody(_ version: String) async throws {
        let (authority, clients) = try await Self.authority()
        let units = String(repeating: "/OU=" + String(repeating: "x", count: 60), count: 20)
        try await authority.issue("long", subject: "/CN=carol\(units)", from: "ca")
        let proxy = try await TestProxy.start { $0.clientCertificates = clients }
        let arguments = ["--http\(version)"] + Self.shown(authority, "long") + [proxy.url("/v2/head")]
        let served = try await proxy.curl(arguments: arguments)
        #expect(served.status == 0 && served.output.contains("x-request-id: "))
        #expect(!served.output.contains("dockmaster") && !served.output.contains("carol"))
        try await proxy.reload { $0.clientCertificates = .init(authority: clients.authority, mode: .required) }
        let refused = try await proxy.curl(arguments: arguments)
        #expect(refused.status != 0 && refused.output.isEmpty)
        await proxy.stop()
        authority.remove()
    }
}

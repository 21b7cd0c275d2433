import BundleConfig
import NIOCore
import Testing

@testable import ProxyWorker

@Suite("A certificate is chosen", .timeLimit(.minutes(1)))
struct CertificateChoiceTests {
    private static let request = "GET /v2/x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"

    @Test("by what the client verifies: ECDSA where it can, else RSA")
    func sideBySide() async throws {
        let authority = try TestAuthority()
        let rsa = try await authority.certificate(["a.test"], key: "rsa:2048")
        let wide = try await authority.certificate(["d.test"], key: "P-384")
        let wideRSA = try await authority.certificate(["*.test"], key: "rsa:2048")
        // Whichever stands first.
        let proxy = try await TestProxy.start { $0.certificates = [rsa, TestCertificates.a, wide, wideRSA] }
        let rows: [(arguments: [String], kind: String, subject: String)] = [
            (["-servername", "a.test"], "ECDSA", "a.test"),
            (["-noservername"], "ECDSA", "a.test"),
            (["-servername", "a.test", "-tls1_2"], "ECDSA", "a.test"),
            (["-servername", "a.test", "-sigalgs", "RSA-PSS+SHA256"], "RSA-PSS", "a.test"),
            (["-servername", "a.test", "-sigalgs", "ECDSA+SHA256"], "ECDSA", "a.test"),
            (["-servername", "a.test", "-sigalgs", "RSA+SHA256:RSA-PSS+SHA256"], "RSA-PSS", "a.test"),
            (["-servername", "a.test", "-sigalgs", "ECDSA+SHA384:RSA-PSS+SHA256"], "RSA-PSS", "a.test"),
            (["-servername", "a.test", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], "RSA-PSS", "a.test"),
            (["-servername", "a.test", "-tls1_2", "-sigalgs", "RSA+SHA256"], "RSA", "a.test"),
            (["-servername", "a.test", "-tls1_2", "-curves", "X25519"], "RSA-PSS", "a.test"),
            (["-servername", "d.test", "-sigalgs", "ECDSA+SHA384"], "ECDSA", "d.test"),
            (["-servername", "e.test"], "RSA-PSS", "*.test"),
        ]
        for row in rows {
            let said = try await Tool.client(port: proxy.https, row.arguments, request: Self.request)
            #expect(said.contains("Peer signature type: \(row.kind)\n"), "\(row.arguments): \(said.suffix(1_500))")
            #expect(said.contains("subject=CN = \(row.subject)\n"), "\(row.arguments)")
            #expect(said.contains("HTTP/1.1 200 OK"), "\(row.arguments)")
        }
        let ends = try CertificateStore([rsa, TestCertificates.a, wide, rsa]).ends.map(\.name)
        #expect(ends == ["a.test (RSA)", "a.test (ECDSA)", "d.test"])
        await proxy.stop()
        authority.remove()
    }

    @Test("by the signatures within its chain, when the client names them")
    func chain() async throws {
        let authority = try TestAuthority()
        _ = try await authority.makeAuthority("root.test", key: "rsa:2048")
        let (chain, _) = try await authority.issue("leaf", subject: "/CN=a.test", from: "root.test")
        let mixed = CertificateSchemes(chain: chain)
        let own = CertificateSchemes(chain: TestCertificates.aChain)
        #expect(mixed.key == own.key && own.key == .ecdsa(scheme: 0x0403, group: 23))
        #expect(mixed.chain == [0x0401] && own.chain.isEmpty)
        let catcher = try await HelloCatcher.start()
        let rows = [("ECDSA+SHA256", false), ("ECDSA+SHA256:RSA-PSS+SHA256", false), ("ECDSA+SHA256:RSA+SHA256", true)]
        for (schemes, isUnderstood) in rows {
            _ = try await Tool.client(port: catcher.port, ["-sigalgs", schemes])
            var records = ClientHelloRecords()
            guard case .hello(let hello) = records.receive(catcher.last) else {
                throw Tool.Failure(text: "no hello")
            }
            #expect(hello.understands(key: mixed) && hello.understands(chain: own))
            #expect(hello.understands(chain: mixed) == isUnderstood, "\(schemes)")
        }
        await catcher.stop()
        authority.remove()
    }

    @Test("and a session of one is worth nothing for another", arguments: ["-tls1_2", "-tls1_3"])
    func resumption(_ version: String) async throws {
        let authority = try TestAuthority()
        let rsa = try await authority.certificate(["a.test"], key: "rsa:2048")
        let proxy = try await TestProxy.start { $0.certificates = [TestCertificates.a, rsa, TestCertificates.b] }
        let session = "\(authority.folder)/session"
        let rsaOnly = version == "-tls1_2" ? "RSA+SHA256" : "RSA-PSS+SHA256"
        func says(_ arguments: String...) async throws -> String {
            try await Tool.client(port: proxy.https, [version] + arguments, request: Self.request)
        }
        let first = try await says("-servername", "a.test", "-sess_out", session)
        #expect(first.contains("New, ") && first.contains("HTTP/1.1 200 OK"))
        let again = try await says("-servername", "a.test", "-sess_in", session)
        #expect(again.contains("Reused, ") && again.contains("HTTP/1.1 200 OK"))
        let other = try await says("-servername", "b.test", "-sess_in", session)
        #expect(other.contains("New, ") && other.contains("HTTP/1.1 200 OK"))
        // The same certificate, another of its hosts: not even there.
        let host = try await says("-servername", "localhost", "-sess_in", session)
        #expect(host.contains("New, ") && host.contains("HTTP/1.1 200 OK"))
        let unnamed = try await says("-noservername", "-sess_in", session)
        #expect(unnamed.contains("New, ") && unnamed.contains("HTTP/1.1 200 OK"))
        let byIdentifier = try await says("-no_ticket", "-servername", "a.test", "-sess_out", session)
        #expect(byIdentifier.contains("New, ") && byIdentifier.contains("HTTP/1.1 200 OK"))
        for name in ["b.test", "localhost"] {
            let crossed = try await says("-no_ticket", "-servername", name, "-sess_in", session)
            #expect(crossed.contains("New, ") && crossed.contains("HTTP/1.1 200 OK"), "\(name)")
        }
        _ = try await says("-servername", "a.test", "-sess_out", session)
        let kind = try await says("-servername", "a.test", "-sess_in", session, "-sigalgs", rsaOnly)
        #expect(kind.contains("New, ") && kind.contains("HTTP/1.1 200 OK"))
        await proxy.stop()
        authority.remove()
    }

    @Test("in one of few contexts, however many hosts it is for: each may fill with sessions")
    func contexts() throws {
        var certificate = TestCertificates.a
        certificate.names = (0..<100).map { "host-\($0).test" }
        let store = try CertificateStore([certificate])
        let contexts = try certificate.names.map { store.context(for: try Self.hello($0)) }
        #expect(Set(contexts.map { ObjectIdentifier($0) }).count == 9)
        #expect(Set(contexts.prefix(8).map { ObjectIdentifier($0) }).count == 8)
    }

    private static func hello(_ name: String) throws -> ClientHello {
        func vector(_ width: Int, _ bytes: [UInt8]) -> [UInt8] {
            (width == 2 ? [UInt8(bytes.count >> 8)] : []) + [UInt8(bytes.count & 255)] + bytes
        }
        let serverName: [UInt8] = [0, 0] + vector(2, vector(2, [0] + vector(2, Array(name.utf8))))
        let body: [UInt8] =
            Array(repeating: 3, count: 34) + vector(1, []) + vector(2, [0x13, 0x01]) + vector(1, [0])
            + vector(2, serverName)
        return try ClientHello(body[...])
    }

    @Test("also for what is no ClientHello: the TLS library refuses it")
    func garbage() async throws {
        let proxy = try await TestProxy.start()
        for bytes in [
            "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{0}", "\u{16}\u{3}\u{1}\u{0}\u{4}\u{2}\u{0}\u{0}\u{0}",
        ] {
            let client = try await RawClient.connect(port: proxy.https, tls: false)
            try await client.send(bytes)
            _ = try #require(await client.textUntilClose())
            #expect(!client.text.contains("HTTP/1.1"))
        }
        #expect(try await proxy.curl(proxy.url("/v2/x")).output == "/v2/x")
        await proxy.stop()
    }

    @Test("of whatever a hello is changed into, and the connection ends", arguments: [21, 22] as [UInt64])
    func changed(_ seed: UInt64) async throws {
        let catcher = try await HelloCatcher.start()
        _ = try await Tool.client(port: catcher.port, ["-servername", "a.test", "-alpn", "h2,http/1.1"])
        let hello = Array(catcher.last.readableBytesView)
        await catcher.stop()
        let proxy = try await TestProxy.start { $0.limits.handshakeTimeout = .seconds(1) }
        var generator = SeededGenerator(seed: seed)
        for round in 0..<200 {
            var bytes = hello
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let client = try await RawClient.connect(port: proxy.https, tls: false)
            let cut = round.isMultiple(of: 4) ? Int.random(in: 1..<bytes.count, using: &generator) : bytes.count
            // On a busy machine the handshake's time may be over by now.
            try? await client.send(ByteBuffer(bytes: bytes[..<cut]))
            if !round.isMultiple(of: 10) { await client.close() }
        }
        // Those that stay are cut in the handshake's time.
        await eventually("all are gone") { await proxy.service.counter.count == 0 }
        #expect(try await proxy.curl(proxy.url("/v2/x")).output == "/v2/x")
        await proxy.stop()
    }
}

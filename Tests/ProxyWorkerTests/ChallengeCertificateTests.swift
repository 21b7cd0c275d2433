import BundleConfig
import Foundation
import Testing

@testable import ProxyWorker

@Suite("A tls-alpn-01 challenge", .timeLimit(.minutes(1)))
struct ChallengeCertificateTests {
    @Test("is answered with the certificate of the name's file, and the connection is closed")
    func answered() async throws {
        let authority = try TestAuthority()
        let certificate = try await authority.certificate(["c.test"], key: "P-256")
        let proxy = try await TestProxy.start()
        let folder = "\(proxy.folder)/acme/tls-alpn-01"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for text in [certificate.chain + certificate.key.reveal(), certificate.key.reveal() + certificate.chain] {
            try text.write(toFile: "\(folder)/c.test.pem", atomically: true, encoding: .utf8)
            for version in ["-tls1_2", "-tls1_3"] {
                let said = try await Tool.client(
                    port: proxy.https, [version, "-servername", "C.test", "-alpn", "acme-tls/1"],
                    request: "GET /v2/x HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(said.contains("subject=CN = c.test\n"), "\(said)")
                #expect(said.contains("ALPN protocol: acme-tls/1\n"))
                #expect(!said.contains("HTTP/1.1"))
            }
        }
        // Everybody else sees the usual one.
        let usual = try await Tool.client(
            port: proxy.https, ["-servername", "c.test", "-alpn", "acme-tls/1,http/1.1"],
            request: "GET /v2/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(usual.contains("subject=CN = a.test\n") && usual.contains("HTTP/1.1 200 OK"))
        #expect(usual.contains("ALPN protocol: http/1.1\n"))
        await proxy.stop()
        authority.remove()
    }

    @Test("without a certificate for it, and any other protocol, is refused: no_application_protocol")
    func refused() async throws {
        let authority = try TestAuthority()
        let proxy = try await TestProxy.start()
        let folder = "\(proxy.folder)/acme/tls-alpn-01"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let certificate = try await authority.certificate(["c.test"], key: "P-256")
        let pair = certificate.chain + certificate.key.reveal()
        try pair.write(toFile: "\(proxy.folder)/acme/outside.pem", atomically: true, encoding: .utf8)
        try proxy.link("../outside.pem", "acme/tls-alpn-01/linked.test.pem")
        try (pair + String(repeating: "\n", count: 65_000)).write(
            toFile: "\(folder)/large.test.pem", atomically: true, encoding: .utf8)
        try "nothing".write(toFile: "\(folder)/empty.test.pem", atomically: true, encoding: .utf8)
        #expect(mkfifo("\(folder)/pipe.test.pem", 0o600) == 0)
        for name in [
            "d.test", "../outside", "linked.test", "large.test", "empty.test", "pipe.test", ".", "a/../c.test",
        ] {
            let said = try await Tool.client(port: proxy.https, ["-servername", name, "-alpn", "acme-tls/1"])
            #expect(said.contains("SSL alert number 120"), "\(name): \(said)")
        }
        let unnamed = try await Tool.client(port: proxy.https, ["-noservername", "-alpn", "acme-tls/1"])
        #expect(unnamed.contains("SSL alert number 120"))
        let strange = try await Tool.client(port: proxy.https, ["-servername", "a.test", "-alpn", "imap"])
        #expect(strange.contains("SSL alert number 120"))
        #expect(try await proxy.curl("--http1.0", proxy.url("/v2/x")).output == "/v2/x")
        await proxy.stop()
        authority.remove()
    }
}

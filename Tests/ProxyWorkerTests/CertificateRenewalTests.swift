import BundleConfig
import Foundation
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("A certificate", .timeLimit(.minutes(1)))
struct CertificateRenewalTests {
    enum Way: String, CaseIterable { case write, rename, swap }

    @Test("that changes on the disk is served from then on, and no handshake fails meanwhile", arguments: Way.allCases)
    func renewal(_ way: Way) async throws {
        let certificates = try CertificateFolder()
        let write: (ProxyConfiguration.Certificate) throws -> Void =
            switch way {
            case .write: certificates.write
            case .rename: certificates.rename
            case .swap: certificates.swap
            }
        try write(TestCertificates.a)
        let proxy = try await TestProxy.start { $0.certificates[0].files = certificates.files }
        let running = try await RawClient.connect(port: proxy.https)
        _ = try await running.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        let failures = Mutex(0)
        let isOver = Mutex(false)
        async let handshakes: Int = {
            var count = 0
            while count < 20 || !isOver.withLock({ $0 }) {
                let answer = try? await RawClient.connect(port: proxy.https).askAndClose()
                if answer?.hasPrefix("HTTP/1.1 200 ") != true { failures.withLock { $0 += 1 } }
                count += 1
            }
            return count
        }()
        for certificate in [TestCertificates.b, TestCertificates.a, TestCertificates.b] {
            try write(certificate)
            let name = certificate.chain == TestCertificates.bChain ? "b.test" : "a.test"
            try await eventually("the certificate of \(name) is served") {
                try await proxy.curl("-o", "/dev/null", "-w", "%{certs}", proxy.url("/v2/x")).output
                    .contains("CN = \(name)")
            }
        }
        isOver.withLock { $0 = true }
        #expect(await handshakes >= 20)
        #expect(failures.withLock { $0 } == 0)
        #expect(try await running.ask("GET /v2/still HTTP/1.1\r\nHost: a\r\n\r\n", answers: 2).hasSuffix("/v2/still"))
        await proxy.stop()
        certificates.remove()
    }

    @Test("whose files hold no pair, or an expired one, does not replace the one before")
    func unusable() throws {
        let certificates = try CertificateFolder()
        var configuration = ProxyConfiguration(
            domain: "a.test", listeners: [], certificates: [TestCertificates.a], routes: [], upstreams: [],
            httpsPort: 443)
        configuration.certificates[0].files = certificates.files
        let missing = CertificateFiles.refreshed(configuration, now: 0)
        #expect(missing.configuration == configuration && missing.problems.count == 1)
        #expect(missing.problems[0].contains(certificates.files.chain))
        try certificates.write(TestCertificates.b)
        try TestCertificates.a.chain.write(toFile: certificates.files.chain, atomically: true, encoding: .utf8)
        let mixed = CertificateFiles.refreshed(configuration, now: 0)
        #expect(mixed.configuration == configuration && mixed.problems[0].contains("does not go together"))
        #expect(!mixed.problems[0].contains("PRIVATE"))
        try certificates.write(TestCertificates.b)
        let late = CertificateFiles.refreshed(configuration, now: 5_000_000_000)
        #expect(late.configuration == configuration && late.problems[0].contains("expired"))
        let good = CertificateFiles.refreshed(configuration, now: 1_800_000_000)
        #expect(good.problems.isEmpty && good.configuration.certificates[0].chain == TestCertificates.b.chain)
        certificates.remove()
    }

    @Test("that ends is told of from 30 days before on, and is pressing within 7")
    func expiry() {
        let now = 1_800_000_000
        let warnings = { (seconds: Int) in CertificateExpiry.warnings([("a.test", now + seconds)], now: now) }
        #expect(warnings(30 * 86_400).isEmpty)
        #expect(warnings(30 * 86_400 - 1).first?.days == 29)
        #expect(warnings(30 * 86_400 - 1).first?.isPressing == false)
        #expect(warnings(7 * 86_400 - 1).first?.isPressing == true)
        #expect(warnings(60).first?.sentence.contains("in 0 days: renew it") == true)
        #expect(warnings(-1).first?.days == -1)
        #expect(warnings(-1).first?.sentence.contains("ended on") == true)
    }

    @Test("that renews itself is told of only once a quarter of its life is left, however short that is")
    func shortLived() throws {
        var certificate = TestCertificates.a
        let end = try #require(try CertificateStore([certificate]).ends.first?.end)
        let (begin, now) = (end - 36_500 * 86_400, end - 26 * 86_400)
        #expect(try CertificateStore([certificate]).noteworthyEnds(now: begin).count == 1)
        certificate.files = .init(chain: "c", key: "k", isAwaited: true)
        let store = try CertificateStore([certificate])
        #expect(store.noteworthyEnds(now: begin).isEmpty)
        #expect(store.noteworthyEnds(now: end - 36_500 * 86_400 / 4 - 86_400).isEmpty)
        #expect(store.noteworthyEnds(now: now).map(\.name) == ["a.test"])
        #expect(store.ends.map(\.end) == [end])
    }

    @Test("whose files are awaited is served before they are there, and goes on while a pair is half written")
    func awaited() throws {
        let certificates = try CertificateFolder()
        var configuration = ProxyConfiguration(
            domain: "a.test", listeners: [], certificates: [TestCertificates.a], routes: [], upstreams: [],
            httpsPort: 443)
        configuration.certificates[0].files = .init(
            chain: certificates.files.chain, key: certificates.files.key, isAwaited: true)
        let missing = CertificateFiles.refreshed(configuration, now: 0)
        #expect(missing.configuration == configuration && missing.problems.isEmpty)
        try certificates.write(TestCertificates.b)
        let issued = CertificateFiles.refreshed(configuration, now: 0)
        #expect(issued.problems.isEmpty && issued.configuration.certificates[0].chain == TestCertificates.b.chain)
        // The key of the next one is there, its chain is not: a reload goes on with what is served.
        try TestCertificates.a.key.reveal().write(toFile: certificates.files.key, atomically: true, encoding: .utf8)
        let half = CertificateFiles.refreshed(configuration, served: issued.configuration, now: 0)
        #expect(half.problems.count == 1 && half.configuration == issued.configuration)
        certificates.remove()
    }

    @Test("that ends soon shows in /healthz, in the metrics and in the status, and the proxy is ready all the same")
    func warning() async throws {
        let certificates = try CertificateFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "5", "-subj",
            "/CN=soon.test", "-keyout", certificates.files.key, "-out", certificates.files.chain,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let proxy = try await TestProxy.start {
            $0.certificates[0].chain = (try? String(contentsOfFile: certificates.files.chain, encoding: .utf8)) ?? ""
            $0.certificates[0].key = Secret(
                (try? String(contentsOfFile: certificates.files.key, encoding: .utf8)) ?? "")
        }
        let health = try await proxy.curl("-w", "%{http_code}", proxy.url("/healthz")).output
        #expect(health.hasSuffix("200") && health.contains("the certificate of a.test ends on "), "\(health)")
        let status = await proxy.service.status()
        #expect(status.contains(#""days":4"#) || status.contains(#""days":5"#), "\(status)")
        let line = await proxy.service.metrics().split(separator: "\n")
            .first { $0.hasPrefix(#"dockmaster_proxy_certificate_expiry_timestamp_seconds{name="a.test"} "#) }
        let end = try #require(line?.split(separator: " ").last.flatMap { Int($0) })
        #expect(abs(end - Int(Date().timeIntervalSince1970) - 5 * 86_400) < 120)
        await proxy.stop()
        certificates.remove()
    }
}

extension RawClient {
    fileprivate func askAndClose() async throws -> String {
        let answer = try await ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        await close()
        return answer
    }
}

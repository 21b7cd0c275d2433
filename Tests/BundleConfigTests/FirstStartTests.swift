import FoundationEssentials
import Glibc
import SwiftASN1
import Testing
import X509

@testable import BundleConfig

@Suite("The first start")
struct FirstStartTests {
    private let bundle: TestBundle

    init() throws {
        bundle = try TestBundle()
    }

    private func prepared(
        _ now: Date = TestCertificates.now, change: (inout BundleOptions) -> Void = { _ in }
    ) throws -> BundleConfiguration {
        var options = bundle.options
        change(&options)
        return try BundleConfiguration.load(options, bundle.environment).prepare(now: now)
    }

    private func certificate(_ name: String, _ index: Int = 0) throws -> Certificate {
        try Certificate(derEncoded: try PEMBlock.all(in: try bundle.folder.text(name))[index].bytes)
    }

    @Test("makes the folders and files, each with its mode, and tells where they are")
    func modes() throws {
        let configuration = try prepared()
        let modes = [
            "data": "700", "data/ca": "700", "data/configuration": "700", "data/data/images": "700",
            "data/data/www": "700", "logs": "700", "run": "700", "data/ca/ca.pem": "644", "data/ca/ca.key": "600",
            "data/ca/server.pem": "600", "data/ca/server.key": "600", "data/configuration/token.key": "600",
            "data/configuration/token.crt": "600", "data/configuration/admin.password": "600",
        ]
        for (name, mode) in modes { #expect(bundle.folder.mode(name) == mode, "\(name)") }
        #expect(configuration.adminUser == "admin")
        #expect(configuration.adminPasswordFile == bundle.folder.path + "/data/configuration/admin.password")
        #expect(configuration.certificateAuthority == bundle.folder.path + "/data/ca/ca.pem")
        #expect(try bundle.folder.text("data/configuration/admin.password").count == 25)
        #expect(configuration.warnings == [])
    }

    @Test("issues a certificate for every name, under an authority that clients accept")
    func names() throws {
        let configuration = try bundle.load(
            "domain: registry.example.test\nserver_aliases: [r.example.test, 10.0.0.7]\n" + EmbeddedDefault.text)
        _ = try configuration.prepare(now: TestCertificates.now)
        let root = try certificate("data/ca/ca.pem")
        let leaf = try certificate("data/ca/server.pem")
        #expect(
            CertificateNames.all(of: leaf) == [
                "registry.example.test", "r.example.test", "10.0.0.7", "localhost", "127.0.0.1", "::1",
            ])
        #expect(root.publicKey.isValidSignature(leaf.signature, for: leaf))
        #expect(try certificate("data/ca/server.pem", 1) == root)
        #expect(leaf.notValidAfter.timeIntervalSince(leaf.notValidBefore) <= 825 * TestCertificates.day)
        #expect(try root.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        let pair = try CertificatePair(
            chain: try bundle.folder.text("data/ca/server.pem"), key: try bundle.folder.text("data/ca/server.key"))
        try pair.check(domain: "registry.example.test", now: TestCertificates.now) { _ in false }
    }

    @Test("happens once: a second start changes nothing")
    func idempotence() throws {
        _ = try prepared()
        let names = [
            "ca/ca.pem", "ca/ca.key", "ca/server.pem", "ca/server.key", "configuration/token.key",
            "configuration/token.crt", "configuration/admin.password", "data/www/index.html",
        ].map { "data/" + $0 }
        let before = try names.map(bundle.folder.text)
        _ = try prepared(TestCertificates.now + 86_400)
        #expect(try names.map(bundle.folder.text) == before)
    }

    @Test(
        "issues a new server certificate when the names change or the old one nears its end, under the same authority")
    func renewal() throws {
        _ = try prepared()
        let root = try bundle.folder.text("data/ca/ca.pem")
        let first = try bundle.folder.text("data/ca/server.pem")
        _ = try prepared { $0.domain = "registry.example.test" }
        let second = try bundle.folder.text("data/ca/server.pem")
        #expect(second != first)
        let late = TestCertificates.now + 800 * TestCertificates.day
        _ = try prepared(late) { $0.domain = "registry.example.test" }
        #expect(try bundle.folder.text("data/ca/server.pem") != second)
        #expect(try certificate("data/ca/server.pem").notValidAfter > late + 700 * TestCertificates.day)
        #expect(try bundle.folder.text("data/ca/ca.pem") == root)
    }

    @Test(
        "cut short at any file is made good by the next",
        arguments: [
            "ca/ca.pem", "ca/server.pem", "ca/server.key", "configuration/token.crt", "configuration/admin.password",
        ])
    func interrupted(name: String) throws {
        _ = try prepared()
        let key = try bundle.folder.text("data/ca/ca.key")
        let token = try bundle.folder.text("data/configuration/token.key")
        #expect(remove(bundle.folder.path + "/data/" + name) == 0)
        _ = try prepared()
        #expect(bundle.folder.mode("data/" + name) != "absent")
        #expect(try bundle.folder.text("data/ca/ca.key") == key)
        #expect(try bundle.folder.text("data/configuration/token.key") == token)
        _ = try prepared().rendered()
    }

    @Test("refuses to make a second token key or authority beside what is left of the first")
    func losses() throws {
        _ = try prepared()
        #expect(remove(bundle.folder.path + "/data/configuration/token.key") == 0)
        #expect(throws: ConfigurationErrors.self) { try prepared() }
        #expect(remove(bundle.folder.path + "/data/configuration/token.crt") == 0)
        #expect(remove(bundle.folder.path + "/data/ca/ca.key") == 0)
        _ = try prepared()
        #expect(throws: ConfigurationErrors.self) { try prepared { $0.domain = "other.example.test" } }
    }

    @Test("warns when the authority nears its end, and refuses one that has ended")
    func authorityEnds() throws {
        _ = try prepared()
        let end = TestCertificates.now + 3_650 * TestCertificates.day
        let warnings = try prepared(end - 60 * TestCertificates.day).warnings
        #expect(warnings.map(\.key) == ["ssl_cert"])
        #expect(throws: ConfigurationErrors.self) { try prepared(end + TestCertificates.day) }
    }

    @Test("makes no authority for a configured certificate, and no page for a configured docroot")
    func configured() throws {
        let authority = try TestCertificates()
        let server = try authority.server()
        try bundle.folder.write("s.pem", try server.pem + authority.intermediate.pem)
        try bundle.folder.write("s.key", try server.keyPEM)
        let configuration = try bundle.load(
            "domain: registry.example.test\nssl_cert: s.pem\nssl_key: s.key\nproxy: {docroot: \(bundle.folder.path)/site}\n"
                + EmbeddedDefault.text
        ).prepare(now: TestCertificates.now)
        #expect(configuration.certificateAuthority == nil)
        #expect(bundle.folder.mode("data/ca") == "absent")
        #expect(bundle.folder.mode("site") == "700")
        #expect(bundle.folder.mode("site/index.html") == "absent")
    }

    @Test("never follows or replaces what stands in a file's place")
    func neverReplaces() throws {
        try bundle.folder.write("data/configuration/admin.password", "chosen\n")
        _ = try prepared()
        #expect(try bundle.folder.text("data/configuration/admin.password") == "chosen\n")
    }
}

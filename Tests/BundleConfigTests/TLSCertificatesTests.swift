import CryptoExtras
import FoundationEssentials
import Testing
import X509

@testable import BundleConfig

@Suite("tls: in dockmaster.yaml")
struct TLSCertificatesTests {
    private static let head = """
        domain: registry.example.test
        users: {admin: {password: "$2y$05$LO.vzwpWC5LZGqThvEfznu8qhb5SGqvBSWY1J3yZ4AxtMRZ3kN5jC"}}
        acl: []

        """

    let bundle: TestBundle
    let authority: TestCertificates

    init() throws {
        bundle = try TestBundle()
        authority = try TestCertificates()
    }

    private func write(_ server: TestCertificates.Identity, _ name: String) throws {
        _ = try bundle.folder.write("\(name).pem", try server.pem + authority.intermediate.pem, mode: 0o644)
        _ = try bundle.folder.write("\(name).key", try server.keyPEM, mode: 0o600)
    }

    private func served(_ configuration: BundleConfiguration) throws -> ProxyConfiguration {
        try ProxyConfiguration(try bundle.document("proxy.yml", of: configuration))
    }

    @Test("certificates stand beside ssl_cert, with the names that they say and the files that they come from")
    func beside() throws {
        try write(authority.server(), "a")
        let rsa = try Certificate.PrivateKey(pemEncoded: _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation)
        try write(authority.server(key: rsa), "rsa")
        let inline = try authority.server(names: ["www.example.test", "*.b.test"])
        let text = """
            ssl_cert: a.pem
            ssl_key: a.key
            tls:
              certificates:
              - {certificate: rsa.pem, key: rsa.key}
              - certificate: |
            \((try inline.pem + authority.intermediate.pem).indented(6))
                key: |
            \((try inline.keyPEM).indented(6))

            """
        let proxy = try served(try bundle.load(Self.head + text))
        #expect(
            proxy.certificates.map(\.names) == [
                ["registry.example.test"], ["registry.example.test"], ["www.example.test", "*.b.test"],
            ])
        let folder = bundle.folder.path
        #expect(proxy.certificates[1].files == .init(chain: "\(folder)/rsa.pem", key: "\(folder)/rsa.key"))
        #expect(proxy.certificates[2].files == nil)
        #expect(proxy.certificates.map { CertificateSchemes(chain: $0.chain).isECDSA } == [true, false, true])
    }

    @Test("certificates that name the domain need no other one")
    func alone() throws {
        try write(authority.server(names: ["other.test"]), "b")
        try write(authority.server(names: ["*.example.test"]), "a")
        let configuration = try bundle.load(
            Self.head
                + "tls: {certificates: [{certificate: b.pem, key: b.key}, {certificate: a.pem, key: a.key}]}\n")
        #expect(configuration.certificateAuthority == nil)
        #expect(try served(configuration).certificates.map(\.names) == [["*.example.test"], ["other.test"]])
        let further = try bundle.load(Self.head + "tls: {certificates: [{certificate: b.pem, key: b.key}]}\n")
        #expect(further.certificateAuthority != nil && further.certificate == .own)
    }

    @Test("certificates for an alias come before the bundle's own, which is for the other hosts")
    func alias() throws {
        let rsa = try Certificate.PrivateKey(pemEncoded: _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation)
        try write(authority.server(names: ["www.other.test"], key: rsa), "b")
        let configuration = try bundle.load(
            Self.head + "server_aliases: [www.other.test, third.test]\n"
                + "tls: {certificates: [{certificate: b.pem, key: b.key}]}\n"
        ).prepare(now: TestCertificates.now)
        let served = try served(configuration).certificates
        #expect(
            served.map(\.names) == [
                ["registry.example.test", "third.test", "localhost", "127.0.0.1", "::1"], ["www.other.test"],
            ])
    }

    @Test("a certificate that another one always comes before is warned of")
    func unserved() throws {
        try write(authority.server(), "a")
        let rsa = try Certificate.PrivateKey(pemEncoded: _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation)
        try write(authority.server(key: rsa), "rsa")
        try write(authority.server(names: ["registry.example.test", "more.test"]), "more")
        let list = ["rsa", "more", "a"].map { "{certificate: \($0).pem, key: \($0).key}" }.joined(separator: ", ")
        let warnings = try bundle.load(
            Self.head + "ssl_cert: a.pem\nssl_key: a.key\ntls: {certificates: [\(list)]}\n"
        ).warnings.filter { $0.key.hasPrefix("tls") }
        #expect(warnings.map(\.key) == ["tls.certificates[2]"])
        #expect(warnings.first?.problem.contains("an earlier ECDSA certificate") == true)
    }

    @Test("client_certificates take the authorities alone, and a mode")
    func clients() throws {
        _ = try bundle.folder.write(
            "ca.pem", "text\n" + (try authority.root.pem) + (try authority.intermediate.pem), mode: 0o644)
        try write(authority.server(), "a")
        let given = "ssl_cert: a.pem\nssl_key: a.key\n"
        let optional = try served(
            try bundle.load(Self.head + given + "tls: {client_certificates: {authority: ca.pem}}\n"))
        #expect(
            optional.clientCertificates
                == ClientCertificates(authority: try authority.root.pem + authority.intermediate.pem, mode: .optional))
        let required = try served(
            try bundle.load(
                Self.head + given + "tls: {client_certificates: {authority: ca.pem, mode: required}}\n"))
        #expect(required.clientCertificates?.mode == .required)
    }

    @Test("client certificates sign in only where clients are asked for them, and then nobody else need exist")
    func signIn() throws {
        let found = bundle.refusals(Self.head + "auth: {client_certificates: true}\n")
        #expect(
            found.contains {
                $0.hasPrefix("DIR/dockmaster.yaml:4: auth.client_certificates: lets certificates sign in, but clients")
            }, "\(found)")
        _ = try bundle.folder.write("ca.pem", try authority.root.pem, mode: 0o644)
        try write(authority.server(), "a")
        let configuration = try bundle.load(
            "domain: registry.example.test\nacl: []\nssl_cert: a.pem\nssl_key: a.key\n"
                + "tls: {client_certificates: {authority: ca.pem}}\nauth: {client_certificates: true}\n"
        )
        #expect(
            try bundle.document("auth.yml", of: try configuration.prepare(now: TestCertificates.now)).text(
                "client_certificates")
                == "true")
    }

    @Test("is refused where it cannot be served, with the line and the remedy")
    func refusals() throws {
        try write(authority.server(), "a")
        try write(authority.server(until: -1), "ended")
        try write(authority.server(names: []), "nameless")
        _ = try bundle.folder.write("wide.key", try authority.server().keyPEM, mode: 0o644)
        _ = try bundle.folder.write(
            "old.pem", try TestCertificates.make(name: "o", issuer: nil, authority: true, until: -1).pem, mode: 0o644)
        _ = try bundle.folder.write("middle.pem", try authority.intermediate.pem, mode: 0o644)
        let place = "DIR/dockmaster.yaml:4: tls."
        let rows: [(String, String)] = [
            ("certificates: [{certificate: a.pem}]", "certificates[0]: needs certificate and key"),
            (
                "certificates: [{certificate: none.pem, key: a.key}]",
                "certificates[0].certificate: cannot read DIR/none.pem"
            ),
            ("certificates: [{certificate: a.pem, key: ended.key}]", "certificates[0].key: is not the key of"),
            (
                "certificates: [{certificate: a.pem, key: wide.key}]",
                "certificates[0].key: names DIR/wide.key, which others can read"
            ),
            ("certificates: [{certificate: ended.pem, key: ended.key}]", "certificates[0].certificate: expired on"),
            (
                "certificates: [{certificate: nameless.pem, key: nameless.key}]",
                "certificates[0].certificate: names no host"
            ),
            ("certificates: [{certificate: a.pem, key: a.key, name: x}]", "certificates[0].name: is not a known key"),
            ("client_certificates: {}", "client_certificates: needs authority"),
            (
                "client_certificates: {authority: a.pem}",
                "client_certificates.authority: is not an authority's certificate"
            ),
            ("client_certificates: {authority: a.key}", "client_certificates.authority: holds no certificate"),
            (
                "client_certificates: {authority: middle.pem}",
                "client_certificates.authority: holds no root: CN=Test root, which no chain"
            ),
            ("client_certificates: {authority: old.pem}", "client_certificates.authority: expired on"),
            ("client_certificates: {authority: a.pem, mode: always}", "client_certificates.mode: always is not a mode"),
        ]
        for (text, problem) in rows {
            let found = bundle.refusals(Self.head + "tls: {\(text)}\n")
            #expect(found.contains { $0.hasPrefix(place + problem) }, "\(text): \(found)")
            #expect(!found.joined().contains("PRIVATE"))
        }
    }
}

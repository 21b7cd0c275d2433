import Supervision
import Testing

@testable import BundleConfig

@Suite("tls.acme")
struct ACMETests {
    private let bundle: TestBundle
    private let rest = "users: {a: {password: x}}\nacl: [{match: {}, actions: [pull]}]\n"
    private let own = "https://ca.example.test/acme/directory"

    init() throws {
        bundle = try TestBundle()
    }

    private func load(_ text: String) throws -> BundleConfiguration {
        try bundle.load("domain: registry.example.test\n" + rest + text)
    }

    private func refusals(_ text: String) -> [String] {
        bundle.refusals("domain: registry.example.test\n" + rest + text)
    }

    @Test("with an e-mail address and a directory is enough")
    func short() throws {
        let acme = try #require(try load("tls: {acme: {email: ops@x.test, directory: \(own)}}").tls.acme)
        #expect(acme.email == "ops@x.test" && acme.directory == own)
        #expect(acme.domains == ["registry.example.test"])
        #expect(acme.challenge == .http01 && acme.keyType == .ecdsa && !acme.acceptsTerms)
        let data = bundle.folder.path + "/data/configuration/acme"
        #expect(acme.accountKeyFile == data + "/account.key")
        #expect(acme.chainFile == data + "/registry.example.test/chain.pem")
        #expect(acme.folders.challenges == bundle.folder.path + "/run/proxy/acme")
        #expect(try load("tls: {acme: {accept_terms: true}}").tls.acme?.directory == ACMEConfiguration.letsEncrypt)
        #expect(try load("tls: {}").tls.acme == nil)
    }

    @Test("takes the aliases that can be certified, and says which cannot")
    func names() throws {
        let aliases = "server_aliases: [R.example.test, \"*.example.test\", registry.example.test]\n"
        let all = try load(aliases + "tls: {acme: {directory: \(own)}}")
        #expect(all.tls.acme?.domains == ["registry.example.test", "r.example.test"])
        #expect(all.warnings.map(\.key) == ["tls.acme"])
        #expect(all.warnings[0].problem.hasPrefix("leaves out the alias *.example.test"))
        let some = try load(aliases + "tls: {acme: {directory: \(own), domains: [R.example.test, r.example.test]}}")
        #expect(some.tls.acme?.domains == ["r.example.test"])
        #expect(some.warnings.count == 2 && some.warnings[0].problem.contains("leaves out registry.example.test"))
    }

    @Test("writes an address as certificates do, however it is written")
    func addresses() throws {
        let aliases = "server_aliases: [\"2001:DB8:0:0:0:0:0:1\"]\n"
        let all = try load(aliases + "tls: {acme: {directory: \(own)}}")
        #expect(all.tls.acme?.domains == ["registry.example.test", "2001:db8::1"])
        let some = try load(
            aliases + "tls: {acme: {directory: \(own), domains: [registry.example.test, \"2001:db8:0::0:1\"]}}")
        #expect(some.tls.acme?.domains == ["registry.example.test", "2001:db8::1"])
        // It is one and the same name everywhere.
        #expect(some.warnings.isEmpty, "\(some.warnings)")
        let proxy = try ProxyConfiguration(
            try bundle.document("proxy.yml", of: some.prepare(now: TestCertificates.now)))
        #expect(proxy.certificates.count == 1)
    }

    @Test("stands in acme.yml, in full and readable again")
    func rendered() throws {
        let authority = try CertificateAuthority.selfSigned(
            key: CertificateAuthority.newKey().reveal(), domain: "x.test", now: TestCertificates.now)
        try bundle.folder.write("ca.pem", "# ours\n" + authority)
        let text = """
            tls:
              acme:
                email: ops@x.test
                directory: \(own)
                challenge: tls-alpn-01
                domains: [registry.example.test, b.example.test]
                trust: ca.pem
                key_type: rsa
                eab: {key_id: kid-1, hmac_key: c2VjcmV0LXNlY3JldC1zZWNyZXQ}
                accept_terms: true
            """
        let configuration = try load(text).prepare(now: TestCertificates.now)
        #expect(try configuration.rendered().map(\.name) == ["auth.yml", "registry.yml", "proxy.yml", "acme.yml"])
        let file = try #require(try configuration.rendered().last)
        #expect(file.path == bundle.folder.path + "/run/acme/acme.yml")
        #expect(file.contents.contains("hmac_key: c2VjcmV0"))
        #expect(!file.masked.contains("c2VjcmV0") && file.masked.contains("hmac_key: •••"))
        let read = try ACMEConfiguration(try bundle.document("acme.yml", of: configuration))
        #expect(read == configuration.tls.acme)
        #expect(read.trust == authority)
        #expect(configuration.workers == ["auth", "registry", "proxy", "acme"])
    }

    @Test("gives the proxy files that are awaited, and the bundle's own certificate until then")
    func proxy() throws {
        let text = "tls: {acme: {directory: \(own)}}"
        let configuration = try load(text).prepare(now: TestCertificates.now)
        let proxy = try ProxyConfiguration(try bundle.document("proxy.yml", of: configuration))
        let place = bundle.folder.path + "/data/configuration/acme/registry.example.test"
        #expect(proxy.certificates.count == 1)
        #expect(
            proxy.certificates[0].files
                == .init(chain: place + "/chain.pem", key: place + "/key.pem", isAwaited: true))
        #expect(proxy.certificates[0].chain == (try bundle.folder.text("data/ca/server.pem")))
        #expect(proxy.folders.contains(place))
        #expect(proxy.acmeChallenges == bundle.folder.path + "/run/proxy/acme")
        #expect(configuration.certificateAuthority == nil)
        for folder in ["data/configuration/acme/registry.example.test", "run/acme", "run/proxy/acme/http-01"] {
            #expect(bundle.folder.mode(folder) == "700", "\(folder)")
        }
        // Who is left out goes on with the bundle's own.
        let some = try load(
            "server_aliases: [b.example.test]\ntls: {acme: {directory: \(own), domains: [registry.example.test]}}")
        let both = try ProxyConfiguration(try bundle.document("proxy.yml", of: some.prepare(now: TestCertificates.now)))
        #expect(both.certificates.map { $0.files == nil } == [false, true])
        #expect(both.certificates[1].names == ["b.example.test", "localhost", "127.0.0.1", "::1"])
        // Without ACME nothing of it is there.
        let none = try ProxyConfiguration(
            try bundle.document("proxy.yml", of: load("").prepare(now: TestCertificates.now)))
        #expect(none.acmeChallenges == nil && none.certificates[0].files == nil)
    }

    @Test("names its worker: watchers.acme may change it where it runs, and is anybody's name otherwise")
    func worker() throws {
        let watchers = "watchers: {acme: {rlimits: {nofile: 99}}}\n"
        #expect(try load(watchers + "tls: {acme: {directory: \(own)}}").watchers.isEmpty)
        #expect(refusals(watchers)[0].contains("watchers.acme: has no cmd"))
        #expect(
            refusals("watchers: {acme: {cmd: x}}\ntls: {acme: {directory: \(own)}}")[0]
                .contains("watchers.acme.cmd: cannot be set for the bundle's own worker acme"))
        #expect(try load("watchers: {acme: {cmd: x}}").watchers.map(\.name) == ["acme"])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String
        let refusal: String

        init(_ text: String, _ refusal: String) {
            self.text = text
            self.refusal = refusal
        }

        var testDescription: String { text }
    }

    static let bad: [Bad] = [
        Bad("tls: {acm: {}}", "DIR/dockmaster.yaml:4: tls.acm: is not a known key. Did you mean acme?"),
        Bad(
            "tls: [acme]",
            "DIR/dockmaster.yaml:4: tls: must be a mapping, but is a list. Write it as `key: value` lines."),
        Bad(
            "tls: {acme: {mail: x}}",
            "DIR/dockmaster.yaml:4: tls.acme.mail: is not a known key. Did you mean email?"),
        Bad(
            "tls: {acme: {email: ops}}",
            "DIR/dockmaster.yaml:4: tls.acme.email: is not one e-mail address. Write it as ops@example.test."),
        Bad(
            "tls: {acme: {email: \"a@x.test,b@x.test\"}}",
            "DIR/dockmaster.yaml:4: tls.acme.email: is not one e-mail address. Write it as ops@example.test."),
        Bad(
            "tls: {acme: {directory: \"http://ca.test/\"}}",
            "DIR/dockmaster.yaml:4: tls.acme.directory: is not an https URL. Write the authority's directory, such as https://acme-v02.api.letsencrypt.org/directory."
        ),
        Bad(
            "tls: {acme: {directory: \"https://u:p@ca.test/\"}}",
            "DIR/dockmaster.yaml:4: tls.acme.directory: holds a name and password, which ACME has no use for. Remove them."
        ),
        Bad(
            "tls: {acme: {email: a@x.test}}",
            "DIR/dockmaster.yaml:4: tls.acme: does not agree to the terms of Let's Encrypt, which asks for it. Read https://letsencrypt.org/repository/ and write accept_terms: true."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", challenge: dns-01}}",
            "DIR/dockmaster.yaml:4: tls.acme.challenge: \"dns-01\" is not one of the choices. Write http-01 or tls-alpn-01."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", domains: [\"*.x.test\"]}}",
            "DIR/dockmaster.yaml:4: tls.acme.domains[0]: \"*.x.test\" is a wildcard, which takes a challenge in the DNS. Name the hosts one by one, or give a certificate of your own with ssl_cert and ssl_key."
        ),
        Bad(
            "tls: {acme: {accept_terms: true, domains: [intern]}}",
            "DIR/dockmaster.yaml:4: tls.acme.domains[0]: no public authority certifies \"intern\", which is not a name of the public DNS. Set domain to a public name, or directory to a private authority's."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", domains: []}}",
            "DIR/dockmaster.yaml:4: tls.acme.domains: is empty. Remove it for the domain and its aliases, or name them."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", domains: [10.0.0.1], challenge: tls-alpn-01}}",
            "DIR/dockmaster.yaml:4: tls.acme.domains[0]: \"10.0.0.1\" is an address, which tls-alpn-01 is not done for here. Write challenge: http-01."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", trust: none.pem}}",
            "DIR/dockmaster.yaml:4: tls.acme.trust: cannot read DIR/none.pem: No such file or directory. Correct the path, or make the file."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", trust: dockmaster.yaml}}",
            "DIR/dockmaster.yaml:4: tls.acme.trust: names DIR/dockmaster.yaml, which holds no certificate. Name the PEM file of the directory's authority."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", eab: {key_id: x, hmac_key: \"not base64\"}}}",
            "DIR/dockmaster.yaml:4: tls.acme.eab.hmac_key: is not base64url of at least 16 bytes. Copy it as the authority shows it, without spaces."
        ),
        Bad(
            "tls: {acme: {directory: \"https://ca.test/\", eab: {key_id: x}}}",
            "DIR/dockmaster.yaml:4: tls.acme.eab: needs key_id and hmac_key. Give both, as the authority handed them out."
        ),
        Bad(
            "proxy: {redirect: false}\ntls: {acme: {directory: \"https://ca.test/\"}}",
            "DIR/dockmaster.yaml:5: tls.acme: is http-01, which is asked for over plain HTTP, and there is no http listener. Let the proxy listen on port 80 (proxy.listen, proxy.redirect), or write challenge: tls-alpn-01."
        ),
    ]

    @Test("that cannot be is refused with its line, its key, the reason and the remedy", arguments: bad)
    func refused(bad: Bad) {
        #expect(refusals(bad.text) == [bad.refusal])
    }

    @Test("stands in no file beside a certificate that is given, nor with a secret that others can read")
    func conflicts() throws {
        try bundle.folder.write("c.pem", "x")
        let refusals = refusals("ssl_cert: c.pem\nssl_key: c.pem\ntls: {acme: {directory: \(own)}}")
        #expect(
            refusals.last
                == "DIR/dockmaster.yaml:6: tls.acme: stands beside ssl_cert, which gives the certificate itself. Keep one of the two."
        )
        let wide = bundle.refusals(
            "acl: [{match: {}, actions: [pull]}]\nusers: {a: {password: $2y$05$LO.vzwpWC5LZGqThvEfznu8qhb5SGqvBSWY1J3yZ4AxtMRZ3kN5jC}}\n"
                + "tls: {acme: {directory: \(own), eab: {key_id: a, hmac_key: c2VjcmV0LXNlY3JldC1zZWNyZXQ}}}",
            mode: 0o644)
        #expect(wide.count == 1 && wide[0].contains("tls.acme.eab.hmac_key: is a secret in plain text"))
    }
}

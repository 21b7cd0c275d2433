import CryptoExtras
import FoundationEssentials
import Testing
import X509

@testable import BundleConfig

@Suite("A makinacorpus pillar")
struct PillarTests {
    private let bundle: TestBundle

    init() throws {
        bundle = try TestBundle()
    }

    /// The sample that every such image was configured from.
    static let sample = """
        #
        # This file contains default values, see {{ the manual }}
        makina-projects.projectname:
          data:
            domain: "registry.docker.tld"
            server_aliases: []
            ssl_cert: null
            ssl_key: null
            registry:
              addr: "{host}:{port}"
              debug_addr: "localhost:5001"
              purging: true
              level: info
              mail:
                levels: ["panic"]
                smtp:
                  disabled: true
                  smtp: {}
                from: "{user}@{fqdn}"
                to: ["{user}@{fqdn}"]
            host: 127.0.0.1
            port: 5000
            auth_address: 127.0.0.1
            auth_port: 5004
            conf: "{data_root}/configuration"
            nginx_loglevel: crit
            nginx_upstreams: "salt://makina-projects/{name}/files/nginx.upstreams.conf"
            nginx_vhost: "salt://makina-projects/{name}/files/nginx.content.conf"
            images: "{data_root}/data/images"
            www_dir: "{data_root}/data/www"
            force_ssl: true
            auth_server:
              expiration: 900
              issuer: "{domain}"
              service: "{domain}"
              realm: "https://{domain}/authserver/auth"
            users:
              admin:
                password: |
                          {{salt['mc_utils.generate_stored_password']('corpusregistry')}}
              readonly:
                password: |
                          {{salt['mc_utils.generate_stored_password']('corpusregistryro')}}
            acl:
              # Admin has full access to everything.
              - {match: {account: "admin"}, actions: ["*"]}
              # User "readonly" can pull stuff.
              - {match: {account: "readonly"}, actions: ["pull"]}
              # Access is denied by default.
        """

    /// A pillar of the smallest kind with further settings below `data:`, from line 6 on.
    static func small(_ more: String) -> String {
        """
        makina-projects.registry:
          data:
            users: {admin: {password: s3cret}}
            acl: [{match: {account: admin}, actions: ["*"]}]
            domain: registry.example.test
        \(more.indented(4))
        """
    }

    private func place(_ text: String, mode: UInt32 = 0o600) throws -> BundleConfiguration {
        try bundle.folder.write("data/configuration/pillar.sls", text, mode: mode)
        return try BundleConfiguration.load(bundle.options, bundle.environment)
    }

    private func warnings(_ configuration: BundleConfiguration) -> [String] {
        configuration.warnings.map { bundle.shown($0) }
    }

    @Test("as in the README runs as it stands: domain, inline RSA certificate with its chain, key, users, ACL")
    func example() throws {
        let authority = try TestCertificates()
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation
        let server = try authority.server(
            names: ["registryh.docker.tld"], key: Certificate.PrivateKey(pemEncoded: key))
        let text = """
            makina-projects.registry:
              data:
                domain: "registryh.docker.tld"
                ssl_cert: |
            \((try server.pem + authority.intermediate.pem).indented(8))
                ssl_key: |
            \(key.indented(6))
                users:
                  admin:
                    password: "sékret one"
                  readonly:
                    password: other
                acl:
                  - {match: {account: "admin"}, actions: ["*"]}
                  - {match: {account: "readonly"}, actions: ["pull"]}
            """
        let configuration = try place(text).prepare(now: TestCertificates.now)
        #expect(warnings(configuration) == [])
        #expect(configuration.domain == "registryh.docker.tld")
        #expect(configuration.certificateAuthority == nil)
        #expect(configuration.adminPasswordFile == nil)
        let auth = try bundle.document("auth.yml", of: configuration)
        #expect(BcryptHash(auth.text("users", "admin", "password") ?? "")?.verifies(Secret("sékret one")) == true)
        #expect(BcryptHash(auth.text("users", "readonly", "password") ?? "")?.verifies(Secret("other")) == true)
        #expect(try auth["acl"]?.sequence().count == 2)
        let proxy = try ProxyConfiguration(try bundle.document("proxy.yml", of: configuration))
        #expect(proxy.certificates.map(\.names) == [["registryh.docker.tld"]])
        #expect(try PEMBlock.all(in: proxy.certificates[0].chain).count == 2)
    }

    @Test("that is the sample itself runs, with stored passwords and an own certificate, and without a warning")
    func sample() throws {
        let configuration = try place(Self.sample).prepare(now: TestCertificates.now)
        #expect(warnings(configuration) == [])
        let stored = bundle.folder.path + "/data/configuration/stored_passwords"
        #expect(bundle.folder.mode("data/configuration/stored_passwords/corpusregistry") == "600")
        #expect(configuration.adminUser == "admin")
        #expect(configuration.adminPasswordFile == stored + "/corpusregistry")
        let auth = try bundle.document("auth.yml", of: configuration)
        let password = try GeneratedPassword.read(stored + "/corpusregistryro")
        #expect(BcryptHash(auth.text("users", "readonly", "password") ?? "")?.verifies(password) == true)
        let registry = try bundle.document("registry.yml", of: configuration)
        #expect(registry.text("http", "debug", "addr") == "localhost:5001")
        #expect(registry.text("log", "level") == "info")
        #expect(registry.text("auth", "token", "realm") == "https://registry.docker.tld/authserver/auth")
        #expect(
            registry.text("storage", "filesystem", "rootdirectory") == bundle.folder.path + "/data/data/images")
    }

    @Test("keeps its stored passwords from one start to the next")
    func storedPasswords() throws {
        _ = try place(Self.sample).prepare(now: TestCertificates.now)
        let first = try bundle.folder.text("data/configuration/stored_passwords/corpusregistry")
        _ = try place(Self.sample).prepare(now: TestCertificates.now)
        #expect(try bundle.folder.text("data/configuration/stored_passwords/corpusregistry") == first)
    }

    @Test("in `<data>/configuration` tells the data folder by its place")
    func inferredData() throws {
        let path = try bundle.folder.write(
            "volume/configuration/pillar.sls", Self.small("images: \"{data_root}/images\""))
        let configuration = try BundleConfiguration.load(BundleOptions(config: path), bundle.environment)
        #expect(configuration.data == bundle.folder.path + "/volume")
        #expect(configuration.images == bundle.folder.path + "/volume/images")
    }

    @Test("has its placeholders expanded, those of the ACL excepted")
    func placeholders() throws {
        let more = """
            port: 5055
            host: 10.0.0.1
            www_dir: "{data_root}/www-{name}"
            auth_server: {issuer: "{domain} by {user} on {fqdn}", service: "{host}:{port}", expiration: 60, realm: "https://{domain}:8443/authserver/auth"}
            """
        let text = Self.small(more).replacing("account: admin", with: "account: \"/.+/\", name: \"${account}/x{2}{z}\"")
        let configuration = try place(text).prepare(now: TestCertificates.now)
        let auth = try bundle.document("auth.yml", of: configuration)
        #expect(auth.text("token", "issuer") == "registry.example.test by registry on host.example.test")
        #expect(auth.text("token", "expiration") == "60")
        #expect(try auth["acl"]?.sequence().first?.text("match", "name") == "${account}/x{2}{z}")
        let registry = try bundle.document("registry.yml", of: configuration)
        #expect(registry.text("auth", "token", "service") == "10.0.0.1:5055")
        #expect(registry.text("auth", "token", "issuer") == "registry.example.test by registry on host.example.test")
        #expect(registry.text("auth", "token", "realm") == "https://registry.example.test:8443/authserver/auth")
        #expect(configuration.docroot == bundle.folder.path + "/data/www-registry")
    }

    @Test(
        "with any other Jinja is refused with its line",
        arguments: [
            (
                "level: {{ grains['x'] }}",
                "DIR/dockmaster.yaml:6: holds Jinja that dockmaster does not run: {{ grains['x'] }}"
            ),
            ("{% if x %}", "DIR/dockmaster.yaml:6: holds Jinja that dockmaster does not run: {% if x %}"),
            ("conf: x {# note #}", "DIR/dockmaster.yaml:6: holds Jinja that dockmaster does not run: {# note #}"),
            ("# {% set x = 1 %}", "DIR/dockmaster.yaml:6: holds Jinja that dockmaster does not run: {% set x = 1 %}"),
            (
                "conf: {{salt['mc_utils.generate_stored_password']('a', 12)}}",
                "DIR/dockmaster.yaml:6: holds Jinja that dockmaster does not run: {{salt['mc_utils.generate_stored_password']('a', 12)}}"
            ),
            (
                "conf: {{salt['mc_utils.generate_stored_password']('../a')}}",
                "DIR/dockmaster.yaml:6: holds Jinja that dockmaster does not run: {{salt['mc_utils.generate_stored_password']('../a')}}"
            ),
        ])
    func jinja(line: String, problem: String) {
        let remedy = ". Write the value itself; only {{salt['mc_utils.generate_stored_password']('NAME')}} is known."
        #expect(bundle.refusals(Self.small(line)) == [problem + remedy])
    }

    @Test(
        "may write a stored password with either quote, with spaces, and as any kind of YAML text",
        arguments: [
            "{{salt['mc_utils.generate_stored_password']('x')}}",
            "{{ salt[\"mc_utils.generate_stored_password\"]( \"x\" ) }}",
            "\"{{salt['mc_utils.generate_stored_password']('x')}}\"",
        ])
    func storedForms(text: String) throws {
        let pillar = Self.small("").replacing(
            "{admin: {password: s3cret}}", with: "\n      admin:\n        password: \(text)")
        let configuration = try place(pillar)
        #expect(configuration.adminPasswordFile == bundle.folder.path + "/data/configuration/stored_passwords/x")
    }

    @Test(
        "has each of its keys honoured or refused with the reason",
        arguments: [
            ("nginx_vhost: salt://mine.conf", "nginx_vhost: is a template of nginx, which dockmaster does not run"),
            (
                "nginx_upstreams: \"upstream x {}\"",
                "nginx_upstreams: is a template of nginx, which dockmaster does not run"
            ),
            ("nginx_loglevel: loud", "nginx_loglevel: loud is not a level of nginx"),
            ("port: none", "port: must be a whole number, but is \"none\""),
            ("images: images", "images: must be an absolute path"),
            ("www_dir: \"{root}/www\"", "www_dir: holds {root}, which has no value"),
            ("force_ssl: maybe", "force_ssl: must be true or false, but is \"maybe\""),
            ("registry: {level: loud}", "registry.level: loud is not a level"),
            ("registry: {purging: often}", "registry.purging: must be true or false, but is \"often\""),
            ("registry: {adr: x}", "registry.adr: is not a known key"),
            ("registry: {mail: {smtp: {disabled: false}}}", "registry.mail.smtp: is enabled without a mail server"),
            ("auth_server: {expiration: soon}", "auth_server.expiration: must be a whole number, but is \"soon\""),
            ("auth_server: {isuer: x}", "auth_server.isuer: is not a known key"),
            ("ssl_cert: |\n  -----BEGIN CERTIFICATE-----", "ssl_cert: stands without ssl_key"),
            ("serveraliases: [x]", "serveraliases: is not a known key"),
            ("allow_anonymous: true", "allow_anonymous: is not a known key"),
            ("domain2: \"{{salt['mc_utils.generate_stored_password']('x')}}\"", "domain2: is not a known key"),
        ])
    func keys(more: String, refusal: String) throws {
        let refusals = bundle.refusals(Self.small(more))
        try #require(refusals.count == 1, "\(refusals)")
        let line = "DIR/dockmaster.yaml:6: makina-projects.registry.data."
        #expect(refusals[0].hasPrefix(line + refusal), "\(refusals[0])")
        #expect(refusals[0].hasSuffix(".") || refusals[0].hasSuffix("?"))
    }

    @Test(
        "has what means nothing here passed over with a warning that says why",
        arguments: [
            ("port: 5001", "port: is not used: that worker listens on the unix socket registry.sock"),
            ("auth_address: 0.0.0.0", "auth_address: is not used: that worker listens on the unix socket auth.sock"),
            (
                "registry: {addr: \"0.0.0.0:5000\"}",
                "registry.addr: is not used: that worker listens on the unix socket"
            ),
            ("conf: /etc/x", "conf: is not used: the bundle keeps its own files"),
            ("binaries: {registry: {changeset: v2.1.1}}", "binaries: is not used: the bundle brings its own programs"),
            ("configs: {cert.pem: {mode: 640}}", "configs: is not used: the bundle renders its workers' files itself"),
            ("force_ssl: false", "force_ssl: is not used: port 80 always leads to https"),
            (
                "registry: {mail: {smtp: {disabled: false, smtp: {addr: \"mail:25\"}}, from: a@b, to: [c@d]}}",
                "registry.mail: is kept but nothing is mailed yet"
            ),
        ])
    func ignored(more: String, warning: String) throws {
        let warnings = warnings(try bundle.load(Self.small(more)))
        try #require(warnings.count == 1, "\(warnings)")
        #expect(
            warnings[0].hasPrefix("DIR/dockmaster.yaml:6: makina-projects.registry.data." + warning), "\(warnings[0])")
    }

    @Test("renders its mail settings as distribution's hook")
    func mail() throws {
        let more =
            "registry: {mail: {levels: [error], smtp: {disabled: false, smtp: {addr: \"m:25\", password: hunter2}}, from: \"{user}@{fqdn}\", to: [c@d]}}"
        let configuration = try place(Self.small(more)).prepare(now: TestCertificates.now)
        let hook = try bundle.document("registry.yml", of: configuration)["log"]?["hooks"]?.sequence().first
        #expect(hook?.text("type") == "mail")
        #expect(hook?.text("options", "from") == "registry@host.example.test")
        #expect(hook?.text("options", "smtp", "password") == "hunter2")
        #expect(try configuration.rendered().allSatisfy { !$0.masked.contains("hunter2") })
    }

    @Test("that the old image wrote for others to read is warned about, not refused")
    func mode() throws {
        let warnings = warnings(try place(Self.small(""), mode: 0o644))
        #expect(
            warnings == [
                "DIR/data/configuration/pillar.sls:3: makina-projects.registry.data.users.admin.password: is a secret in plain text, in a file that others can read (mode 0644). Run chmod 600 DIR/data/configuration/pillar.sls."
            ])
    }

    @Test("without users or with an anonymous one is refused, as ever")
    func users() {
        let none = Self.small("").replacing("    users: {admin: {password: s3cret}}\n", with: "")
        #expect(bundle.refusals(none).map { $0.hasPrefix("DIR/dockmaster.yaml: users: is absent") } == [true])
        let anonymous = Self.small("").replacing("{admin: {", with: "{\"\": {}, admin: {")
        #expect(
            bundle.refusals(anonymous) == [
                "DIR/dockmaster.yaml:3: makina-projects.registry.data.users.: would let anyone in without signing in (the user \"\"). Remove it: a pillar's registry has no anonymous access."
            ])
    }

    @Test("with two projects, or none's data, is refused")
    func projects() {
        let two = Self.small("") + "\nmakina-projects.other: {data: {}}\n"
        #expect(bundle.refusals(two).first?.contains("makina-projects.other: is a second project") == true)
        #expect(
            bundle.refusals("makina-projects.x: {}\n").first?.contains("makina-projects.x: lacks data") == true)
    }
}

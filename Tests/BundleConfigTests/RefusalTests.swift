import FoundationEssentials
import Testing

@testable import BundleConfig

@Suite("A bad configuration")
struct RefusalTests {
    static let access = "acl: [{match: {account: admin}, actions: [\"*\"]}]\n"
    static let users = "users: {admin: {password: s3cret}}\n"

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let refusals: [String]

        init(_ name: String, _ text: String, _ refusals: String...) {
            self.name = name
            self.text = text
            self.refusals = refusals
        }

        var testDescription: String { name }
    }

    static let cases: [Bad] = [
        Bad(
            "a slip in a key", "domian: x\n" + users + access,
            "DIR/dockmaster.yaml:1: domian: is not a known key. Did you mean domain?"),
        Bad(
            "no users", access,
            "DIR/dockmaster.yaml: users: is absent, so that nobody could sign in. Add one, such as users: {admin: {password: …}}."
        ),
        Bad(
            "an empty user map", "users: {}\n" + access,
            "DIR/dockmaster.yaml:1: users: names nobody, so that nobody could sign in. Add one, such as users: {admin: {password: …}}."
        ),
        Bad(
            "no ACL", users,
            "DIR/dockmaster.yaml: acl: is absent, so that nobody could do anything. Add one, such as acl: [{match: {account: admin}, actions: [\"*\"]}]."
        ),
        Bad(
            "an anonymous user", "users:\n  admin: {password: s3cret}\n  \"\": {}\n" + access,
            "DIR/dockmaster.yaml:3: users.: would let anyone in without signing in (the user \"\"). Remove it, or say allow_anonymous: true if that is meant."
        ),
        Bad(
            "an anonymous user among auth's own keys", users + access + "auth:\n  users:\n    \"\": {}\n",
            "DIR/dockmaster.yaml:5: auth.users.: would let anyone in without signing in (the user \"\"). Remove it, or say allow_anonymous: true if that is meant."
        ),
        Bad(
            "an ACL that lets anonymous in",
            users
                + "acl:\n  - {match: {account: admin}, actions: [\"*\"]}\n  - {match: {account: \"\"}, actions: [pull]}\n",
            "DIR/dockmaster.yaml:4: acl[1].match.account: would let anonymous in (the account \"\"). Remove it, or say allow_anonymous: true if that is meant."
        ),
        Bad(
            "a user without password", "users:\n  admin:\n    labels: {team: [web]}\n" + access,
            "DIR/dockmaster.yaml:2: users.admin: has no password, so that any password would let it in. Remove it, or say allow_anonymous: true if that is meant."
        ),
        Bad(
            "an empty password", "users:\n  admin: {password: \"\"}\n" + access,
            "DIR/dockmaster.yaml:2: users.admin.password: is empty. Give it a password or remove the user."),
        Bad(
            "a password hash of another kind", "users: {admin: {password: $6$abc$def}}\n" + access,
            "DIR/dockmaster.yaml:1: users.admin.password: is a SHA-512-crypt hash, which cannot be checked. Write the password itself, or a bcrypt hash (htpasswd -nbB NAME PASSWORD makes one)."
        ),
        Bad(
            "a match key that docker_auth would ignore",
            users + "acl: [{match: {team: web}, actions: [pull]}]\n",
            "DIR/dockmaster.yaml:2: acl[0].match.team: is not a known key. Known here: account, ip, labels, name, service, type."
        ),
        Bad(
            "an ACL entry without actions", users + "acl: [{match: {account: admin}}]\n",
            "DIR/dockmaster.yaml:2: acl[0]: lacks actions. Write actions: [pull], [\"*\"] for everything, or [] to deny."
        ),
        Bad(
            "a domain that is a URL", "domain: https://registry.example.test/\n" + users + access,
            "DIR/dockmaster.yaml:1: domain: \"https://registry.example.test/\" is not a host name. Write the name alone, without scheme, port and path, such as registry.example.test."
        ),
        Bad(
            "a certificate without key", users + access + "ssl_cert: /etc/ssl/x.pem\n",
            "DIR/dockmaster.yaml:3: ssl_cert: stands without ssl_key. Add the key, or remove the certificate."),
        Bad(
            "a certificate that is not there", users + access + "ssl_cert: none.pem\nssl_key: none.key\n",
            "DIR/dockmaster.yaml:3: ssl_cert: cannot read DIR/none.pem: No such file or directory. Correct the path, or make the file.",
            "DIR/dockmaster.yaml:4: ssl_key: cannot read DIR/none.key: No such file or directory. Correct the path, or make the file."
        ),
        Bad(
            "a port that is none", users + access + "proxy:\n  listen:\n    - {name: https, port: 70000}\n",
            "DIR/dockmaster.yaml:5: proxy.listen[0].port: 70000 is not a port. Write a number from 1 to 65535."),
        Bad(
            "a route to nowhere",
            users + access + "proxy:\n  routes:\n    - prefix: /git/\n      upstream: gitea\n",
            "DIR/dockmaster.yaml:6: proxy.routes[0].upstream: names an upstream that is not there. Known upstreams: auth, registry."
        ),
        Bad(
            "a limit that is no size", users + access + "proxy: {limits: {body: huge}}\n",
            "DIR/dockmaster.yaml:3: proxy.limits.body: must be a size, but is \"huge\". Write it as 512, 64KiB, 10MB or 2GiB."
        ),
        Bad(
            "an address for a worker", users + access + "registry: {http: {addr: \":5000\"}}\n",
            "DIR/dockmaster.yaml:3: registry.http.addr: cannot be set in a bundle: the supervisor binds the registry's socket, and the proxy has the TLS. Remove it; ports and TLS are set below proxy: and by ssl_cert."
        ),
        Bad(
            "an issuer that the registry would not accept",
            users + access + "registry: {auth: {token: {issuer: other}}}\n",
            "DIR/dockmaster.yaml:3: registry.auth.token.issuer: is not the issuer of the auth worker's tokens (localhost). Remove it, or set auth.token.issuer to the same."
        ),
        Bad(
            "a watcher without a command", users + access + "watchers: {sshd: {}}\n",
            "DIR/dockmaster.yaml:3: watchers.sshd: has no cmd. Say what it runs, such as cmd: \"prog --flag\"."),
        Bad(
            "text that is not YAML", "users: {admin: {password: x}\nacl: []\n",
            "DIR/dockmaster.yaml:2: not YAML: while parsing a flow mapping: did not find expected ',' or '}'. Check the indentation (spaces, no tabs), the quotes and the colons there."
        ),
        Bad(
            "several at once", "domian: x\nusers: {admin: {password: \"\"}}\nlogs: [a]\nacl: {}\n",
            "DIR/dockmaster.yaml:1: domian: is not a known key. Did you mean domain?",
            "DIR/dockmaster.yaml:2: users.admin.password: is empty. Give it a password or remove the user.",
            "DIR/dockmaster.yaml:3: logs: must be a text, but is a list. Write a single value.",
            "DIR/dockmaster.yaml:4: acl: must be a list, but is a mapping. Write it as `- value` lines."),
    ]

    @Test("is refused with its line, its key, the reason and the remedy", arguments: cases)
    func refused(bad: Bad) throws {
        #expect(try TestBundle().refusals(bad.text) == bad.refusals)
    }

    @Test("that would let anonymous in is accepted when it says so")
    func anonymous() throws {
        let text = """
            allow_anonymous: true
            users: {"": {}, guest: {}, admin: {password: s3cret}}
            acl: [{match: {account: ""}, actions: [pull]}]
            """
        #expect(try TestBundle().refusals(text) == [])
    }

    @Test("with secrets that others can read is refused; a hash is no secret")
    func wideFile() throws {
        let bundle = try TestBundle()
        let refusal =
            "DIR/dockmaster.yaml:1: users.admin.password: is a secret in plain text, in a file that others can read (mode 0644). Run chmod 600 DIR/dockmaster.yaml."
        #expect(bundle.refusals(Self.users + Self.access, mode: 0o644) == [refusal])
        let hash = "$2y$05$LO.vzwpWC5LZGqThvEfznu8qhb5SGqvBSWY1J3yZ4AxtMRZ3kN5jC"
        #expect(bundle.refusals("users: {admin: {password: \(hash)}}\n" + Self.access, mode: 0o644) == [])
    }

    @Test("whose key file others can read is refused")
    func wideKey() throws {
        let bundle = try TestBundle()
        let authority = try TestCertificates()
        let server = try authority.server()
        try bundle.folder.write("server.pem", try server.pem + authority.intermediate.pem, mode: 0o644)
        try bundle.folder.write("server.key", try server.keyPEM, mode: 0o640)
        let text =
            "domain: registry.example.test\nssl_cert: server.pem\nssl_key: server.key\n" + Self.users + Self.access
        #expect(
            bundle.refusals(text) == [
                "DIR/dockmaster.yaml:3: ssl_key: names DIR/server.key, which others can read (mode 0640). Run chmod 600 DIR/server.key."
            ])
        try bundle.folder.write("server.key", try server.keyPEM)
        #expect(bundle.refusals(text) == [])
    }

    @Test("whose certificate cannot be served names the key, the line and the reason")
    func certificate() throws {
        let bundle = try TestBundle()
        let authority = try TestCertificates()
        let server = try authority.server()
        let other = try authority.server()
        let text = { (chain: String, key: String) in
            Self.users + Self.access + "domain: registry.example.test\nssl_cert: |\n\(chain.indented(2))\nssl_key: |\n"
                + key.indented(2) + "\n"
        }
        let chain = try server.pem + authority.intermediate.pem
        let keyLine = 5 + chain.split(separator: "\n").count
        #expect(bundle.refusals(text(chain, try server.keyPEM)) == [])
        #expect(
            bundle.refusals(text(chain, try other.keyPEM)) == [
                "DIR/dockmaster.yaml:\(keyLine): ssl_key: is not the key of the certificate CN=registry.example.test. Give the key that the certificate was requested with."
            ])
        #expect(
            bundle.refusals(text(try server.pem, try server.keyPEM)) == [
                "DIR/dockmaster.yaml:4: ssl_cert: lacks an intermediate: the issuer CN=Test intermediate is not in the chain. Append the issuer's certificate to ssl_cert, after the server's own."
            ])
        #expect(
            bundle.refusals(text("not a certificate\nat all", try server.keyPEM)) == [
                "DIR/dockmaster.yaml:4: ssl_cert: is neither PEM nor a path. Paste the PEM text with its BEGIN and END lines, or name the file that holds it."
            ])
    }

    @Test("never shows a secret in its refusal")
    func secrets() throws {
        let bundle = try TestBundle()
        let secret = "hunter2hunter2"
        for text in [
            "users: {admin: {password: \"$6$\(secret)\"}}\n", "users: {admin: {password: [\(secret)]}}\n",
            "users: {admin: {passwort: \(secret)}}\n", "users: {admin: {password: {a: \(secret)}}}\n",
        ] {
            let refusals = bundle.refusals(text + Self.access)
            #expect(!refusals.isEmpty)
            #expect(!refusals.joined().contains(secret))
        }
    }

    @Test("named on the command line but absent is refused")
    func absent() throws {
        let bundle = try TestBundle()
        var options = bundle.options
        options.config = bundle.folder.path + "/nowhere.yaml"
        #expect {
            try BundleConfiguration.load(options, bundle.environment)
        } throws: { error in
            (error as? ConfigurationErrors)?.description
                == "cannot read \(options.config ?? ""): No such file or directory. Correct the path, or make the file."
        }
    }
}

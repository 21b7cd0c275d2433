import BundleConfig
import Testing

@Suite("The proxy's configuration")
struct ProxyConfigurationTests {
    private let sample = ProxyConfiguration(
        domain: "registry.example.test",
        listeners: [
            .init(name: "https", address: "::", port: 8443, tls: true),
            .init(name: "http", address: "::", port: 8080, tls: false),
        ],
        certificates: [.init(names: ["registry.example.test"], chain: "CHAIN\n", key: Secret("KEY\n"))],
        routes: [
            .init(prefix: "/v2/", upstream: "registry"), .init(prefix: "/authserver/", strip: true, upstream: "auth"),
            .init(prefix: "/", docroot: "/srv/www", headers: ["X-Frame-Options": "DENY"]),
        ],
        upstreams: [
            .init(name: "auth", socket: "/run/auth.sock"), .init(name: "registry", socket: "/run/registry.sock"),
        ],
        httpsPort: 8443)

    @Test("is read back as it was rendered, with everything that it may say")
    func roundTrip() throws {
        var full = sample
        full.certificates[0].files = .init(chain: "/tls/tls.crt", key: "/tls/tls.key")
        full.addresses = AddressRules(allow: ["10.0.0.0/8", "2001:db8::/32"], deny: ["10.6.6.6"])
        full.routes[0].addresses = AddressRules(allow: ["192.0.2.0/24"])
        full.readOnly = "We move: push again at noon."
        full.adminSocket = "/run/proxy-admin.sock"
        full.metrics = "127.0.0.1:9113"
        full.limits.connectionsPerAddress = 7
        full.limits.requestsPerAddress = 8
        full.limits.requestBurst = 9
        full.limits.progress = ByteSize(bytes: 1 << 10)
        full.limits.progressInterval = .seconds(5)
        full.limits.uploadRate = ByteSize(bytes: 10 << 20)
        full.maintenance = "Back soon."
        full.upstreams.append(.init(name: "mirror", sockets: ["10.0.0.1:5000", "10.0.0.2:5000"], health: "/v2/"))
        full.routes[2].signIn = RouteSignIn()
        full.routes.append(
            .init(prefix: "/team/", docroot: "/srv/team", signIn: RouteSignIn(realm: "Team", users: ["alice", "bob"])))
        full.clientCertificates = ClientCertificates(authority: "CA\n", mode: .required)
        full.upstreams[2].backups = ["/run/spare.sock"]
        full.upstreams[2].healthInterval = .seconds(1)
        for configuration in [sample, full] {
            let text = configuration.node().yaml()
            #expect(try ProxyConfiguration(ConfigurationNode.parse(text, file: nil)) == configuration)
        }
    }

    @Test(
        "refuses a sign-in that could let nobody in, or the wrong ones",
        arguments: [
            ("{prefix: /, docroot: /x, auth: {users: []}}", "names nobody"),
            ("{prefix: /, docroot: /x, auth: {users: [\"\"]}}", "names nobody"),
            ("{prefix: /, docroot: /x, auth: {realm: \"a\\\"b\"}}", "cannot stand in a header"),
            ("{prefix: /, docroot: /x, auth: {user: [a]}}", "is not a known key"),
            ("{prefix: /, docroot: /x, auth: maybe}", "true or false"),
            ("{prefix: /, upstream: up, auth: true}", "is for files"),
            ("{prefix: /, docroot: /x, auth: true}", "there is no upstream auth"),
        ])
    func signIn(route: String, problem: String) throws {
        let text = "domain: x\nupstreams: [{name: up, socket: /up}]\nroutes: [\(route)]\n"
        let node = try ConfigurationNode.parse(text, file: nil)
        do {
            _ = try ProxyConfiguration(node)
            Issue.record("\(route) is taken")
        } catch {
            #expect("\(error)".contains(problem), "\(error)")
        }
    }

    @Test("takes auth: false for none")
    func noSignIn() throws {
        let text = "domain: x\nroutes: [{prefix: /, docroot: /x, auth: false}]\n"
        #expect(try ProxyConfiguration(ConfigurationNode.parse(text, file: nil)).routes[0].signIn == nil)
    }

    @Test(
        "refuses an upstream without a socket, with both kinds, and with one twice",
        arguments: [
            ("", "needs name and socket"), (", sockets: []", "needs name and socket"),
            (", socket: \"a:1\", sockets: [\"b:1\"]", "has both socket and sockets"),
            (", sockets: [\"a:1\"], backups: [\"a:1\"]", "names the socket a:1 twice"),
            (", socket: \"a:1\", health_interval: 1ms", "must lie between 100ms and 24h"),
        ])
    func sockets(text: String, problem: String) throws {
        let node = try ConfigurationNode.parse("domain: x\nupstreams: [{name: m\(text)}]\n", file: nil)
        let error = #expect(throws: ConfigurationError.self) { try ProxyConfiguration(node) }
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }

    @Test("takes a truth value for a mode, with a sentence of its own")
    func modes() throws {
        for (text, isSet) in [("true", true), ("false", false), ("~", false), ("Soon.", true)] {
            let node = try ConfigurationNode.parse("domain: x\nread_only: \(text)\nmaintenance: \(text)\n", file: nil)
            let configuration = try ProxyConfiguration(node)
            #expect((configuration.readOnly != nil) == isSet && (configuration.maintenance != nil) == isSet, "\(text)")
            if text == "Soon." { #expect(configuration.readOnly == text) }
        }
    }

    @Test("knows which folders the proxy reads: of files that it serves, and of certificates")
    func folders() {
        var configuration = sample
        #expect(configuration.folders == ["/srv/www"])
        configuration.certificates[0].files = .init(chain: "/tls/a.crt", key: "/tls/private/a.key")
        #expect(configuration.folders == ["/srv/www", "/tls", "/tls/private"])
    }

    @Test(
        "is refused where it does not hold together",
        arguments: [
            ("routes: [{prefix: v2/, docroot: /x}]", "proxy.yml:2: routes[0].prefix: must begin with /. Write /v2/."),
            ("routes: [{prefix: /, upstream: nowhere}]", "names the upstream nowhere"),
            ("routes: [{prefix: /, docroot: /a, redirect: /b}]", "exactly one of upstream, docroot and redirect"),
            ("listeners: [{name: https, port: 70000}]", "70000 is not a port"),
            ("listeners: [{name: https}]", "no certificate"),
            ("allow: [10.0.0.1/8]", "allow[0]: 10.0.0.1/8 is not an address or a network"),
            ("routes: [{prefix: /, docroot: /a, deny: [intranet]}]", "intranet is not an address or a network"),
            ("read_only: ''", "neither true, false nor a sentence"),
            ("limits: {requests_per_address: -1}", "limits.requests_per_address: must be at least 0"),
            ("limits: {upload_rate: 1KiB}", "must be at least 64KiB a second"),
            ("limits: {progress_interval: 0s}", "limits.progress_interval: must lie between 100ms and 24h"),
            ("certificates: [{certificate: x, key: y, key_file: /z}]", "both of certificate_file and key_file"),
            ("limits: {streams: 0}", "limits.streams: must be at least 1"),
            ("lmits: {}", "Did you mean limits?"),
        ])
    func refusals(text: String, message: String) throws {
        let node = try ConfigurationNode.parse("domain: x\n\(text)\n", file: "proxy.yml")
        let error = #expect(throws: (any Error).self) { try ProxyConfiguration(node) }
        #expect(error.map { "\($0)" }?.contains(message) == true, "\(error.map { "\($0)" } ?? "")")
    }
}

extension AddressRules {
    fileprivate init(allow: [String] = [], deny: [String] = []) {
        self.init()
        self.allow = allow.compactMap(AddressRange.init)
        self.deny = deny.compactMap(AddressRange.init)
    }
}

@Suite("Addresses")
struct AddressRangeTests {
    @Test(
        "belong to a network by their leading bits",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("192.0.2.128/25", "192.0.2.200", true), ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("::/0", "192.0.2.7", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::1", "::1", true),
        ])
    func contains(_ network: String, _ address: String, _ isIn: Bool) throws {
        let range = try #require(AddressRange(network))
        #expect(range.contains(try #require(AddressRange.bytes(of: address))) == isIn)
        #expect(range.description == network)
    }

    @Test(
        "that are none are refused",
        arguments: ["", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "::1/129", "10.0.0.0/", "10.0.0.0/+8", "a", "::1/64"])
    func refused(_ text: String) { #expect(AddressRange(text) == nil) }

    @Test("are let in when nobody denies them and, where some are allowed, they are among those")
    func rules() throws {
        let address = try #require(AddressRange.bytes(of: "10.0.0.1"))
        #expect(AddressRules().admit(address) && AddressRules().admit([]))
        #expect(AddressRules(allow: ["10.0.0.0/8"]).admit(address))
        #expect(!AddressRules(allow: ["10.0.0.0/8"], deny: ["10.0.0.1"]).admit(address))
        #expect(!AddressRules(allow: ["11.0.0.0/8"]).admit(address))
        #expect(AddressRules(deny: ["11.0.0.0/8"]).admit(address))
        #expect(!AddressRules(deny: ["11.0.0.0/8"]).admit([]))
    }
}

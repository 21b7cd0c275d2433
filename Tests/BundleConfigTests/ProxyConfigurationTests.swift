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

    @Test("is read back as it was rendered")
    func roundTrip() throws {
        let text = sample.node().yaml()
        #expect(try ProxyConfiguration(ConfigurationNode.parse(text, file: nil)) == sample)
    }

    @Test(
        "is refused where it does not hold together",
        arguments: [
            ("routes: [{prefix: v2/, docroot: /x}]", "proxy.yml:2: routes[0].prefix: must begin with /. Write /v2/."),
            ("routes: [{prefix: /, upstream: nowhere}]", "names the upstream nowhere"),
            ("routes: [{prefix: /, docroot: /a, redirect: /b}]", "exactly one of upstream, docroot and redirect"),
            ("listeners: [{name: https, port: 70000}]", "70000 is not a port"),
            ("listeners: [{name: https}]", "no certificate"),
            ("limits: {streams: 0}", "limits.streams: must be at least 1"),
            ("lmits: {}", "Did you mean limits?"),
        ])
    func refusals(text: String, message: String) throws {
        let node = try ConfigurationNode.parse("domain: x\n\(text)\n", file: "proxy.yml")
        let error = #expect(throws: (any Error).self) { try ProxyConfiguration(node) }
        #expect(error.map { "\($0)" }?.contains(message) == true, "\(error.map { "\($0)" } ?? "")")
    }
}

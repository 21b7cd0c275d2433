import BundleConfig
import Testing

@testable import ProxyWorker

@Suite("A route table")
struct RouteTableTests {
    private let table = RouteTable([
        .init(prefix: "/", docroot: "/www"),
        .init(prefix: "/v2/", upstream: "registry"),
        .init(prefix: "/authserver/", strip: true, upstream: "auth"),
        .init(prefix: "/", hosts: ["docs.example.test", "*.pages.example.test"], redirect: "https://other.test/"),
        .init(prefix: "/v2/special", upstream: "special"),
    ])

    private func route(_ path: String, _ host: String = "a") -> String? {
        table.match(path: path, host: HostName(host)).map { index in
            let route = table.entries[index].route
            return route.upstream ?? route.docroot ?? route.redirect ?? ""
        }
    }

    @Test("takes the longest prefix that ends at a segment")
    func prefixes() {
        #expect(route("/v2/") == "registry")
        #expect(route("/v2") == "registry")
        #expect(route("/v2x") == "/www")
        #expect(route("/v2/special") == "special")
        #expect(route("/v2/special/x") == "special")
        #expect(route("/v2/specials") == "registry")
        #expect(route("/authserver/auth") == "auth")
        #expect(route("/") == "/www")
    }

    @Test("prefers the route that names the host")
    func hosts() {
        #expect(route("/", "docs.example.test") == "https://other.test/")
        #expect(route("/", "DOCS.example.test:8443") == "https://other.test/")
        #expect(route("/", "x.pages.example.test") == "https://other.test/")
        #expect(route("/", "x.y.pages.example.test") == "/www")
        #expect(route("/", "pages.example.test") == "/www")
        #expect(route("/v2/", "docs.example.test") == "registry")
    }

    @Test("without a route for everything leaves the rest unanswered")
    func nothing() {
        let table = RouteTable([.init(prefix: "/v2/", upstream: "registry")])
        #expect(table.match(path: "/x", host: nil) == nil)
    }

    @Test(
        "tells docker before 1.6 by its user agent",
        arguments: [
            ("docker/1.3.0 go/go1.3", true), ("docker/1.4.1", true), ("docker/1.5.0", true),
            ("docker/1.5.0-dev", false),
            ("docker/1.5", true), ("docker/1.6.0", false), ("docker/1.13.1", false),
            ("docker/20.10.5 go/go1.13", false),
            ("Go 1.1 package http", true), ("Go-http-client/1.1", false), ("curl/7.88", false), ("", false),
        ])
    func oldDocker(_ agent: String, _ isOld: Bool) {
        #expect(OldDocker.isUserAgent(agent) == isOld)
    }

    @Test("redirects plain HTTP to a host of ours only")
    func httpsRedirect() throws {
        let target = try RequestTarget("/v2/?a=b")
        let redirect = HTTPSRedirect(domain: "r.example.test", names: ["alias.test", "*.w.test"], port: 8443)
        #expect(
            redirect.location(host: HostName("alias.test:8080"), target: target) == "https://alias.test:8443/v2/?a=b")
        #expect(redirect.location(host: HostName("x.w.test"), target: target) == "https://x.w.test:8443/v2/?a=b")
        #expect(redirect.location(host: HostName("evil.test"), target: target) == "https://r.example.test:8443/v2/?a=b")
        #expect(redirect.location(host: nil, target: target) == "https://r.example.test:8443/v2/?a=b")
        let standard = HTTPSRedirect(domain: "r.example.test", names: [], port: 443)
        #expect(standard.location(host: nil, target: target) == "https://r.example.test/v2/?a=b")
        #expect(HTTPSRedirect.status(method: "GET") == 301)
        #expect(HTTPSRedirect.status(method: "POST") == 308)
    }

    @Test("sends what follows the prefix along with a redirect that ends with a slash")
    func routeRedirect() throws {
        let target = try RequestTarget("/old/a/b?x=1")
        #expect(
            RouteRedirect.location("https://n.test/new/", prefix: "/old/", target: target)
                == "https://n.test/new/a/b?x=1")
        #expect(RouteRedirect.location("https://n.test/new", prefix: "/old/", target: target) == "https://n.test/new")
    }
}

import BundleConfig
import NIOHTTP1
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("The proxy's routes", .timeLimit(.minutes(1)))
struct ModeTests {
    private func status(
        _ proxy: TestProxy, _ method: String, _ path: String, body: Bool = false
    ) async throws -> String {
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        let length = body ? "Content-Length: 5\r\n" : ""
        let text = try await client.ask(
            "\(method) \(path) HTTP/1.1\r\nHost: a.test\r\n\(length)\r\n\(body ? "abcde" : "")")
        await client.close()
        return text
    }

    @Test("answer pushes 503 with a sentence while the registry is read-only, and pulls go on")
    func readOnly() async throws {
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.readOnly = "We move: push again at noon."
        }
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = try await status(proxy, method, "/v2/app/blobs/uploads/", body: true)
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 120\r\n"))
            #expect(
                answer.hasSuffix(
                    #"{"errors":[{"code":"UNAVAILABLE","message":"We move: push again at noon."}]}"# + "\n"),
                "\(answer)")
        }
        #expect(try await status(proxy, "GET", "/v2/app/tags/list").hasPrefix("HTTP/1.1 200 "))
        #expect(try await proxy.curl("-I", proxy.url("/v2/app/manifests/1")).output.hasPrefix("HTTP/2 200"))
        // Tokens are asked for by POST.
        #expect(try await status(proxy, "POST", "/authserver/auth", body: true).hasPrefix("HTTP/1.1 200 "))
        #expect(!proxy.upstream.seen.withLock { $0.requests.contains { $0.uri.contains("uploads") } })
        try await proxy.reload { $0.httpRedirect = false }
        #expect(try await status(proxy, "POST", "/v2/app/blobs/uploads/", body: true).hasPrefix("HTTP/1.1 200 "))
        await proxy.stop()
    }

    @Test("answer whatever leads to an upstream 503 in maintenance; health and files go on")
    func maintenance() async throws {
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.maintenance = "Back at noon."
        }
        try proxy.write("hello", to: "www/a.txt")
        for (method, path) in [("GET", "/v2/"), ("POST", "/v2/x"), ("GET", "/authserver/auth")] {
            let answer = try await status(proxy, method, path)
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Back at noon."))
        }
        #expect(try await status(proxy, "GET", "/a.txt").hasSuffix("hello"))
        #expect(try await status(proxy, "GET", "/healthz").hasPrefix("HTTP/1.1 200 "))
        #expect(await proxy.service.metrics().contains("dockmaster_proxy_maintenance 1\n"))
        await proxy.stop()
    }

    @Test("serve the addresses that they are for, and answer others 403")
    func addresses() async throws {
        let rules = { (allow: [String], deny: [String]) in
            var rules = AddressRules()
            rules.allow = allow.compactMap(AddressRange.init)
            rules.deny = deny.compactMap(AddressRange.init)
            return rules
        }
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.routes.append(.init(prefix: "/v2/inner/", upstream: "registry", addresses: rules(["10.0.0.0/8"], [])))
            $0.routes.append(.init(prefix: "/v2/own/", upstream: "registry", addresses: rules(["127.0.0.0/8"], [])))
            $0.routes.append(
                .init(
                    prefix: "/v2/but/", upstream: "registry", addresses: rules(["127.0.0.0/8"], ["127.0.0.1"])))
        }
        for (path, code) in [("/v2/x", 200), ("/v2/inner/x", 403), ("/v2/own/x", 200), ("/v2/but/x", 403)] {
            #expect(try await status(proxy, "GET", path).hasPrefix("HTTP/1.1 \(code) "), "\(path)")
        }
        try await proxy.reload {
            $0.httpRedirect = false
            $0.addresses = rules([], ["127.0.0.0/8"])
        }
        let answer = try await status(proxy, "GET", "/v2/x")
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains(#""code":"DENIED""#))
        await proxy.stop()
    }

    @Test("can lead elsewhere, and set fields of their own that replace the upstream's")
    func redirects() async throws {
        let proxy = try await TestProxy.start {
            $0.httpRedirect = false
            $0.routes.append(.init(prefix: "/old/", redirect: "https://new.test/"))
            $0.routes.append(.init(prefix: "/v2/plus/", upstream: "registry", headers: ["X-Frame-Options": "DENY"]))
        }
        let moved = try await status(proxy, "GET", "/old/a?b=c")
        #expect(moved.hasPrefix("HTTP/1.1 301 ") && moved.contains("Location: https://new.test/a?b=c\r\n"), "\(moved)")
        #expect(try await status(proxy, "GET", "/v2/plus/x").contains("X-Frame-Options: DENY\r\n"))
        await proxy.stop()
    }

    @Test("are counted: by where they lead, by method and status, and never by what a client makes up")
    func metrics() async throws {
        let proxy = try await TestProxy.start { $0.httpRedirect = false }
        _ = try await status(proxy, "GET", "/v2/a/tags/list")
        _ = try await status(proxy, "PUT", "/v2/count", body: true)
        _ = try await status(proxy, "GET", "/none.txt")
        for number in 0..<20 { _ = try await status(proxy, "FROB\(number)", "/v2/x") }
        let text = await proxy.service.metrics()
        for line in [
            #"dockmaster_proxy_http_requests_total{route="registry",method="get",code="200"} 1"#,
            #"dockmaster_proxy_http_requests_total{route="registry",method="put",code="201"} 1"#,
            #"dockmaster_proxy_http_requests_total{route="documents",method="get",code="404"} 1"#,
            #"dockmaster_proxy_http_received_bytes_total{route="registry"} 5"#,
            #"dockmaster_proxy_refused_total{reason="malformed"} 20"#,
            #"dockmaster_proxy_upstream_response_seconds_count{upstream="registry"} 2"#,
            "nginx_http_requests_total 23", "nginx_connections_accepted 23", "nginx_connections_handled 23",
        ] { #expect(text.contains(line + "\n"), "\(line) in \(text)") }
        #expect(!text.contains("FROB") && !text.contains("frob"))
        await proxy.stop()
    }

    @Test("tell the log who asked for which repository, from what an upstream has verified")
    func identity() {
        #expect(RequestIdentity.user(authorization: "Basic YWxpY2U6c2VjcmV0") == "alice")
        #expect(RequestIdentity.user(authorization: "basic YWxpY2U6") == "alice")
        // {"alg":"none"} . {"iss":"x","sub":"bob","exp":1}
        #expect(
            RequestIdentity.user(
                authorization: "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4Iiwic3ViIjoiYm9iIiwiZXhwIjoxfQ.c2ln") == "bob")
        for text in ["", "Bearer", "Bearer a.b", "Basic !", "Bearer a.bm9uZQ.c", "Digest x=y"] {
            #expect(RequestIdentity.user(authorization: text) == nil, "\(text)")
        }
        for (path, name) in [
            ("/v2/team/app/blobs/sha256:aa", "team/app"), ("/v2/app/manifests/latest", "app"),
            ("/v2/app/blobs/uploads/", "app"), ("/v2/blobs/manifests/tags/list", "blobs/manifests"),
            ("/v2/", nil), ("/v2/_catalog", nil), ("/v1/app/blobs/x", nil), ("/v2//blobs/x", nil),
        ] as [(String, String?)] {
            #expect(RequestIdentity.repository(path: path) == name, "\(path)")
        }
    }
}

import NIOHTTP1
import Testing

@testable import ProxyWorker

@Suite("The header fields")
struct HeaderRulesTests {
    private let facts = RequestHeaders.Facts(
        requestID: "id", remote: "10.0.0.7", https: true, host: "r.test:8443", port: 8443)

    @Test(
        "that a client must not say do not reach the upstream",
        arguments: [
            "X-Forwarded-For", "X-Forwarded-Proto", "x-forwarded-host", "X-Forwarded-Anything", "Forwarded",
            "X-Real-IP",
            "X-Request-Id", "X-Accel-Redirect", "X-Accel-Buffering", "X-Remote-User", "Remote-User", "X_Forwarded_For",
            "x_real_ip", "X-Dockmaster-User", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization",
            "TE",
            "Trailer", "Transfer-Encoding", "Upgrade", "X-Named", "Expect", "Content-Length", "Proxy",
        ])
    func stripped(_ name: String) {
        let headers: HTTPHeaders = ["Host": "r.test:8443", name: "evil", "Connection": "x-named, close"]
        let sent = RequestHeaders.forwarded(headers, method: .GET, framing: .none, facts: facts)
        #expect(!sent.contains { $0.name.lowercased() == name.lowercased() && $0.value == "evil" })
    }

    @Test("of a request carry what the proxy knows, and its own framing")
    func added() {
        let sent = RequestHeaders.forwarded(
            ["Host": "r.test:8443", "Authorization": "Bearer t", "Content-Length": "5"], method: .PUT,
            framing: .fixed(5), facts: facts)
        #expect(sent["x-request-id"] == ["id"])
        #expect(sent["x-real-ip"] == ["10.0.0.7"])
        #expect(sent["x-forwarded-for"] == ["10.0.0.7"])
        #expect(sent["x-forwarded-proto"] == ["https"])
        #expect(sent["x-forwarded-host"] == ["r.test:8443"])
        #expect(sent["x-forwarded-port"] == ["8443"])
        #expect(sent["host"] == ["r.test:8443"])
        #expect(sent["authorization"] == ["Bearer t"])
        #expect(sent["content-length"] == ["5"])
        let chunked = RequestHeaders.forwarded(["Host": "a"], method: .PUT, framing: .chunked, facts: facts)
        #expect(chunked["transfer-encoding"] == ["chunked"])
        let empty = RequestHeaders.forwarded(["Host": "a"], method: .POST, framing: .none, facts: facts)
        #expect(empty["content-length"] == ["0"] && empty["transfer-encoding"].isEmpty)
    }

    @Test("of an answer name the API version on a registry's routes, and the transport's security over TLS")
    func answers() {
        let rules = ResponseHeaders(hsts: .seconds(60))
        let registry = rules.sent(
            [
                "Connection": "X-Hop", "X-Hop": "1", "Keep-Alive": "5", "X-Accel-Redirect": "/x",
                "X-Request-Id": "theirs",
            ],
            requestID: "id", https: true, registry: true)
        #expect(registry["docker-distribution-api-version"] == ["registry/2.0"])
        #expect(registry["strict-transport-security"] == ["max-age=60"])
        #expect(registry["x-request-id"] == ["id"])
        #expect(!registry.contains(name: "x-hop") && !registry.contains(name: "keep-alive"))
        #expect(!registry.contains(name: "x-accel-redirect") && !registry.contains(name: "connection"))
        let kept = rules.sent(
            ["Docker-Distribution-Api-Version": "registry/2.0"], requestID: "id", https: false, registry: true)
        #expect(kept["docker-distribution-api-version"] == ["registry/2.0"])
        #expect(!kept.contains(name: "strict-transport-security"))
        let extra = rules.sent(["X-A": "1"], requestID: "id", https: false, registry: false, extra: ["X-A": "2"])
        #expect(extra["x-a"] == ["2"])
        #expect(!extra.contains(name: "docker-distribution-api-version"))
    }

    @Test("of every request get an id of its own")
    func identifiers() {
        var source = RequestIDs()
        let ids = Set((0..<1_000).map { _ in source.next() })
        #expect(ids.count == 1_000)
        #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }
}

import BundleConfig
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("The edge of the proxy", .timeLimit(.minutes(1)))
struct EdgeTests {
    @Test(
        "refuses what is malformed, closes, and forwards nothing of it",
        arguments: [
            ("GET /v2/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            (
                "POST /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v2/smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
                400
            ),
            ("GET /v2/../x HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /v2/%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /v2/ HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "y", count: 40_000))\r\n\r\n", 431),
            ("FROB /v2/ HTTP/1.1\r\nHost: a\r\n\r\n", 501), ("GET /v2/ HTTP/3.0\r\nHost: a\r\n\r\n", 505),
        ])
    func refusals(_ request: String, _ status: Int) async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send(request)
        let answer = try #require(await client.textUntilClose())
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains(#"{"errors":[{"code":"#))
        #expect(answer.split(separator: "HTTP/1.1 ").count == 1)
        #expect(proxy.upstream.seen.withLock { $0.requests.isEmpty })
        await proxy.stop()
    }

    @Test("cuts an upload whose chunks turn out to be malformed, so that the upstream never takes it for complete")
    func malformedChunk() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("PATCH /v2/count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        #expect(await proxy.upstream.waits { $0.bodyBytes == 3 })
        try await client.send("zz\r\n")
        #expect(try #require(await client.textUntilClose()).hasPrefix("HTTP/1.1 400 "))
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        await proxy.stop()
    }

    @Test("redirects plain HTTP to the same path over https, and never to a foreign host")
    func redirect() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        let own = try await client.ask("GET /v2/?a=b HTTP/1.1\r\nHost: a.test:\(proxy.http)\r\n\r\n")
        #expect(own.hasPrefix("HTTP/1.1 301 ") && own.contains("Location: https://a.test:\(proxy.https)/v2/?a=b\r\n"))
        #expect(!own.contains("Strict-Transport-Security"))
        let foreign = try await client.ask(
            "POST /x HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 0\r\n\r\n", answers: 2)
        #expect(foreign.contains("HTTP/1.1 308 ") && foreign.contains("Location: https://a.test:\(proxy.https)/x\r\n"))
        await proxy.stop()
    }

    @Test("closes connections whose request does not come in time")
    func slowHeaders() async throws {
        let proxy = try await TestProxy.start {
            $0.limits.headerTimeout = .milliseconds(500)
            $0.limits.idleTimeout = .seconds(1)
            $0.limits.handshakeTimeout = .seconds(2)
        }
        let slow = try await RawClient.connect(port: proxy.https)
        try await slow.send("GET /v2/ HTTP/1.1\r\nHo")
        #expect(try #require(await slow.textUntilClose()).hasPrefix("HTTP/1.1 408 "))
        let idle = try await RawClient.connect(port: proxy.https)
        #expect(await idle.textUntilClose() == "")
        let mute = try await RawClient.connect(port: proxy.https, tls: false)
        #expect(await mute.textUntilClose() == "")
        await proxy.stop()
    }

    @Test("accepts no more connections than its limit")
    func connectionLimit() async throws {
        let proxy = try await TestProxy.start { $0.limits.connections = 2 }
        let first = try await RawClient.connect(port: proxy.https)
        let second = try await RawClient.connect(port: proxy.https)
        _ = try await first.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await second.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        let third = try await RawClient.connect(port: proxy.https, tls: false)
        #expect(await third.textUntilClose() == "")
        await first.close()
        #expect(
            try await proxy.curl(
                "-o", "/dev/null", "-w", "%{http_code}", "--retry", "5", "--retry-all-errors", proxy.url("/v2/")
            ).output.hasSuffix("200"))
        await proxy.stop()
    }

    @Test("chooses the certificate by the name that the client asks for, and a new one after a reload")
    func certificates() async throws {
        let proxy = try await TestProxy.start { $0.certificates = [TestCertificates.a, TestCertificates.b] }
        #expect(try await subject(proxy, "a.test") == "a.test")
        #expect(try await subject(proxy, "b.test") == "b.test")
        #expect(try await subject(proxy, "c.test") == "a.test")
        let running = try await RawClient.connect(port: proxy.https)
        _ = try await running.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        try await proxy.reload { $0.certificates = [TestCertificates.b] }
        #expect(try await subject(proxy, "a.test") == "b.test")
        #expect(try await running.ask("GET /v2/still HTTP/1.1\r\nHost: a\r\n\r\n", answers: 2).hasSuffix("/v2/still"))
        await proxy.stop()
    }

    private func subject(_ proxy: TestProxy, _ name: String) async throws -> String? {
        let result = try await proxy.curl(
            "-o", "/dev/null", "-w", "%{certs}", "--resolve", "\(name):\(proxy.https):127.0.0.1",
            "https://\(name):\(proxy.https)/v2/")
        if let line = result.output.split(separator: "\n").first(where: { $0.hasPrefix("Subject:") }) {
            return line.split(separator: " ").last.map(String.init)
        }
        return nil
    }

    @Test("keeps its old configuration when the new one is refused")
    func refusedReload() async throws {
        let proxy = try await TestProxy.start()
        await #expect(throws: (any Error).self) {
            try await proxy.reload { $0.certificates[0].key = TestCertificates.b.key }
        }
        await #expect(throws: (any Error).self) { try await proxy.reload { $0.upstreams[0].sockets = ["nowhere"] } }
        #expect(try await proxy.curl(proxy.url("/v2/x")).output == "/v2/x")
        await proxy.stop()
    }

    @Test("says which upstream is not ready, and why")
    func health() async throws {
        let proxy = try await TestProxy.start()
        let well = try await proxy.curl("-w", "%{http_code}", proxy.url("/healthz"))
        #expect(well.output == "{\"status\":\"ok\",\"upstreams\":{\"registry\":\"ok\"}}\n200")
        proxy.upstream.seen.withLock { $0.isHealthy = false }
        try await Task.sleep(for: .milliseconds(1_100))
        let ill = try await proxy.curl("-w", "%{http_code}", proxy.url("/healthz"))
        #expect(ill.output.hasSuffix("503") && ill.output.contains("not ready: registry"))
        #expect(ill.output.contains("answered 503: disk is full"))
        await proxy.upstream.stop()
        await proxy.stop()
    }

    @Test("finishes what runs and then lets go when it drains", arguments: ["--http1.1", "--http2"])
    func drain(_ version: String) async throws {
        let proxy = try await TestProxy.start()
        let idle = try await RawClient.connect(port: proxy.https)
        _ = try await idle.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        async let running = proxy.curl(
            version, "--limit-rate", "40M", "-o", "/dev/null", "-w", "%{size_download}", proxy.url("/v2/large"))
        #expect(await proxy.upstream.waits { $0.requests.contains { $0.uri == "/v2/large" } })
        let began = ContinuousClock.now
        await proxy.service.drain(within: .seconds(20))
        #expect(ContinuousClock.now - began < .seconds(15))
        #expect(try await running.output == "67108864")
        #expect(await idle.textUntilClose() != nil)
        await proxy.stop()
    }

    @Test("lets an HTTP/2 client that it has told to go open no stream, whether that acknowledges it or not")
    func drainUnacknowledged() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https, protocols: ["h2"])
        try await client.send(ByteBuffer(bytes: Frames.preface + Frames.settings() + Frames.headers(1)))
        #expect(await proxy.upstream.waits { $0.requests.count == 1 })
        async let drained: Void = proxy.service.drain(within: .seconds(20))
        await eventually("GOAWAY comes") { Frames.all(in: client.bytes).contains { $0.type == 7 } }
        for stream in [3, 5] as [UInt32] {
            try await client.send(ByteBuffer(bytes: Frames.headers(stream)))
            await eventually("stream \(stream) is refused (REFUSED_STREAM)") {
                let resets = Frames.all(in: client.bytes).filter { $0.type == 3 }
                return resets.count == Int(stream) / 2 && resets.allSatisfy { $0.payload == Frames.word(7) }
            }
        }
        #expect(!client.isClosed && proxy.upstream.seen.withLock { $0.requests.count } == 1)
        await client.close()
        await drained
        await proxy.stop()
    }

    @Test("serves once whom it has let in just before it drains", arguments: [false, true])
    func drainOfFresh(tls: Bool) async throws {
        let proxy = try await TestProxy.start()
        let silent = try await RawClient.connect(port: tls ? proxy.https : proxy.http, tls: tls)
        let asking = try await RawClient.connect(port: tls ? proxy.https : proxy.http, tls: tls)
        // Both are accepted by now: the proxy takes connections in their order.
        let later = try await RawClient.connect(port: proxy.http, tls: false)
        _ = try await later.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        async let drained: Void = proxy.service.drain(within: .seconds(20))
        try await Task.sleep(for: .milliseconds(20))
        try await asking.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = await asking.textUntilClose()
        #expect(answer?.hasPrefix("HTTP/1.1 ") == true, "\(answer ?? "closed without an answer")")
        #expect(await silent.textUntilClose() != nil)
        await drained
        await proxy.stop()
    }

    @Test("serves files from its folder and nothing beside it")
    func documents() async throws {
        let proxy = try await TestProxy.start()
        try proxy.write("<h1>hello</h1>", to: "www/index.html")
        try proxy.write("0123456789", to: "www/ten.txt")
        try proxy.write("secret", to: "secret.txt")
        try proxy.link("../secret.txt", "www/link.txt")
        try proxy.link("..", "www/up")
        #expect(try await proxy.curl(proxy.url("/")).output == "<h1>hello</h1>")
        #expect(
            try await proxy.curl("-w", "%{content_type}", "-o", "/dev/null", proxy.url("/ten.txt")).output
                == "text/plain; charset=utf-8")
        #expect(try await proxy.curl("-r", "2-4", "-w", " %{http_code}", proxy.url("/ten.txt")).output == "234 206")
        #expect(try await proxy.curl("-r", "-3", proxy.url("/ten.txt")).output == "789")
        #expect(
            try await proxy.curl("-r", "20-", "-o", "/dev/null", "-w", "%{http_code}", proxy.url("/ten.txt")).output
                == "416")
        #expect(
            try await proxy.curl("-I", "-w", "%{http_code}", "-o", "/dev/null", proxy.url("/ten.txt")).output == "200")
        #expect(try await proxy.curl("--http2", proxy.url("/ten.txt")).output == "0123456789")
        for path in ["/link.txt", "/up/secret.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/none"] {
            let result = try await proxy.curl("--path-as-is", "-w", "%{http_code}", proxy.url(path))
            #expect(!result.output.contains("secret\n") && result.output.suffix(3).first == "4", "\(path)")
        }
        let etag = try await proxy.curl("-o", "/dev/null", "-w", "%header{etag}", proxy.url("/ten.txt")).output
        #expect(!etag.isEmpty)
        #expect(
            try await proxy.curl("-H", "If-None-Match: \(etag)", "-w", "%{http_code}", proxy.url("/ten.txt")).output
                == "304")
        await proxy.stop()
    }
}

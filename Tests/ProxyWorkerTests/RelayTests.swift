import BundleConfig
import NIOCore
import Synchronization
import Testing

@testable import ProxyWorker

@Suite("The relay", .timeLimit(.minutes(1)))
struct RelayTests {
    @Test("keeps one connection to the client and one to the upstream for many requests")
    func keepAlive() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        for number in 1...5 {
            let answer = try await client.ask("GET /v2/x\(number) HTTP/1.1\r\nHost: a.test\r\n\r\n", answers: number)
            #expect(answer.hasSuffix("/v2/x\(number)"))
        }
        #expect(client.text.contains("Docker-Distribution-Api-Version: registry/2.0"))
        #expect(client.text.contains("Strict-Transport-Security: max-age="))
        #expect(client.text.contains("X-Request-Id: "))
        #expect(proxy.upstream.seen.withLock { $0.connections } == 1)
        await proxy.stop()
    }

    @Test("answers pipelined requests in their order")
    func pipelining() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        let requests = (1...20).map { "GET /v2/p\($0) HTTP/1.1\r\nHost: a.test\r\n\r\n" }.joined()
        let answer = try await client.ask(requests, answers: 20)
        let bodies = answer.split(separator: "HTTP/1.1 ").compactMap { $0.split(separator: "\r\n\r\n").last }
        #expect(bodies.map(String.init) == (1...20).map { "/v2/p\($0)" })
        await proxy.stop()
    }

    @Test("tells the upstream who asks, whatever the client says, and strips the prefix")
    func headers() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        let answer = try await client.ask(
            "GET /authserver/v2/head HTTP/1.1\r\nHost: a.test:1\r\nX-Forwarded-For: evil\r\nX-Real-IP: evil\r\n"
                + "X-Request-Id: evil\r\nX-Accel-Redirect: evil\r\nConnection: x-hop\r\nX-Hop: evil\r\n\r\n")
        #expect(answer.contains("GET /v2/head\n"))
        #expect(!answer.contains("evil"))
        #expect(answer.contains("x-real-ip: 127.0.0.1\n"))
        #expect(answer.contains("x-forwarded-proto: https\n"))
        #expect(answer.contains("x-forwarded-host: a.test:1\n"))
        await proxy.stop()
    }

    @Test("passes bodies of both kinds, chunked answers, HEAD and 204")
    func bodies() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        let fixed = try await client.ask("PUT /v2/count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        #expect(fixed.hasPrefix("HTTP/1.1 201 Created\r\n") && fixed.hasSuffix("\r\n\r\n5"))
        let chunked = try await client.ask(
            "PATCH /v2/count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
            answers: 2)
        #expect(chunked.hasSuffix("\r\n\r\n7"))
        try await client.send("GET /v2/chunked HTTP/1.1\r\nHost: a\r\n\r\n")
        let pieces = await client.text { $0.hasSuffix("0\r\n\r\n") }
        #expect(pieces.contains("one ") && pieces.contains("three"))
        try await client.send(
            "HEAD /v2/count HTTP/1.1\r\nHost: a\r\n\r\nGET /v2/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        let rest = await client.textUntilClose()
        #expect(rest?.hasSuffix("\r\n\r\n") == true)
        #expect(rest?.contains("HTTP/1.1 204 No Content\r\n") == true)
        await proxy.stop()
    }

    @Test("answers 100 Continue before the body is sent")
    func expectation() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("PUT /v2/count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        let early = await client.text { $0.contains("\r\n\r\n") }
        #expect(early == "HTTP/1.1 100 Continue\r\n\r\n")
        try await client.send("hello")
        #expect(await client.text { $0.hasSuffix("\r\n\r\n5") }.hasSuffix("\r\n\r\n5"))
        await proxy.stop()
    }

    @Test("passes an early answer on while the client still sends", arguments: ["/v2/early", "/v2/early-close"])
    func earlyAnswer(_ path: String) async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("PATCH \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n")
        let piece = ByteBuffer(repeating: 0x62, count: 256 << 10)
        let answer = await client.text { $0.contains("who are you?") }
        #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
        for _ in 0..<16 { try await client.send(piece) }
        let all = try #require(await client.textUntilClose())
        #expect(all.contains("Connection: close") && all.hasSuffix("who are you?"))
        await proxy.stop()
    }

    @Test("does not read from a client faster than the upstream takes it")
    func uploadBackPressure() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("PATCH /v2/stall HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n")
        let piece = ByteBuffer(repeating: 0x62, count: 1 << 20)
        let pieces = 64
        let sent = Task {
            var sent = 0
            for _ in 0..<pieces {
                try await client.send(piece)
                sent += 1
            }
            return sent
        }
        #expect(await proxy.upstream.waits { !$0.requests.isEmpty })
        // The kernel's buffers and the proxy's fill up; what is still to be sent must stay with the client.
        try await Task.sleep(for: .milliseconds(500))
        await client.abort()
        let count = (try? await sent.value) ?? 0
        #expect(count < pieces / 2)
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        await proxy.stop()
    }

    @Test("does not read from the upstream faster than the client takes it")
    func downloadBackPressure() async throws {
        let proxy = try await TestProxy.start()
        let slow = try await RawClient.connect(port: proxy.https)
        _ = try await slow.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
        await slow.stopReading()
        try await slow.send("GET /v2/large HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await proxy.upstream.waits { $0.requests.count == 2 })
        try await Task.sleep(for: .milliseconds(500))
        let given = proxy.upstream.seen.withLock { $0.bodyBytes }
        #expect(given < 32 << 20)
        await slow.close()
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        await proxy.stop()
    }

    @Test("passes 64 MiB unharmed", arguments: ["--http1.1", "--http2"])
    func largeDownload(_ version: String) async throws {
        let proxy = try await TestProxy.start()
        let result = try await proxy.curl(
            version, "-o", "/dev/null", "-w", "%{http_version} %{size_download}", proxy.url("/v2/large"))
        #expect(result.output == (version == "--http2" ? "2 67108864" : "1.1 67108864"))
        await proxy.stop()
    }

    @Test("takes an upload of 16 MiB", arguments: ["--http1.1", "--http2"])
    func largeUpload(_ version: String) async throws {
        let proxy = try await TestProxy.start()
        try proxy.write(String(repeating: "0123456789abcdef", count: 1 << 20), to: "blob")
        let put = try await proxy.curl(version, "-T", "\(proxy.folder)/blob", proxy.url("/v2/count"))
        #expect(put.output == "16777216")
        let chunked = try await proxy.curl(
            version, "-X", "PATCH", "-H", "Transfer-Encoding: chunked", "--data-binary", "@\(proxy.folder)/blob",
            proxy.url("/v2/count"))
        #expect(chunked.output == "16777216")
        await proxy.stop()
    }

    @Test("lets an HTTP/2 client see an early answer to an upload")
    func earlyAnswerHTTP2() async throws {
        let proxy = try await TestProxy.start()
        try proxy.write(String(repeating: "0123456789abcdef", count: 1 << 20), to: "blob")
        let result = try await proxy.curl(
            "--http2", "-w", " %{http_code}", "-T", "\(proxy.folder)/blob", proxy.url("/v2/early"))
        #expect(result.output == "who are you? 401")
        await proxy.stop()
    }

    @Test(
        "never makes a broken answer look complete", arguments: ["/v2/cut", "/v2/cut-chunked"],
        ["--http1.1", "--http2", "--http1.0"])
    func brokenAnswer(_ path: String, _ version: String) async throws {
        let proxy = try await TestProxy.start()
        let result = try await proxy.curl(version, proxy.url(path))
        #expect(result.status != 0)
        await proxy.stop()
    }

    @Test("tells the upstream at once that the client has gone")
    func abortedClient() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("PATCH /v2/count HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhello")
        #expect(await proxy.upstream.waits { $0.bodyBytes == 5 })
        await client.close()
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        await proxy.stop()
    }

    @Test("answers 502 when the upstream dies, and repeats a GET whose kept connection had gone stale")
    func deadUpstream() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https)
        let dead = try await client.ask("POST /v2/die HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        #expect(dead.hasPrefix("HTTP/1.1 502 ") && dead.contains(#""code":"UNAVAILABLE""#))
        _ = try await client.ask("GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n", answers: 2)
        let repeated = try await client.ask("GET /v2/second-closes HTTP/1.1\r\nHost: a\r\n\r\n", answers: 3)
        #expect(repeated.hasSuffix("\r\n\r\n/v2/second-closes"))
        await proxy.stop()
    }

    @Test("waits for an upstream that is being restarted, and answers 503 when it does not come")
    func restartedUpstream() async throws {
        let proxy = try await TestProxy.start { $0.limits.connectTimeout = .seconds(2) }
        await proxy.upstream.stop()
        let client = try await RawClient.connect(port: proxy.https)
        try await client.send("GET /v2/late HTTP/1.1\r\nHost: a\r\n\r\n")
        try await Task.sleep(for: .milliseconds(200))
        let second = try await FakeUpstream.start(at: proxy.upstream.path)
        #expect(await client.text { $0.hasSuffix("/v2/late") }.hasSuffix("/v2/late"))
        await second.stop()
        let gone = try await RawClient.connect(port: proxy.https)
        try await gone.send("PUT /v2/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
        let answer = await gone.text { $0.contains("UNAVAILABLE") }
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: "))
        await proxy.stop()
    }

    @Test("gives up on an upstream that does not answer in its time")
    func silentUpstream() async throws {
        let proxy = try await TestProxy.start {
            $0.limits.responseTimeout = .milliseconds(300)
            $0.limits.idleTimeout = .seconds(5)
        }
        let client = try await RawClient.connect(port: proxy.https)
        let answer = try await client.ask("GET /v2/hang HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 504 "))
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        await proxy.stop()
    }
}

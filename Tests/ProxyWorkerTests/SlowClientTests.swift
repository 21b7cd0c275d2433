import BundleConfig
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import ProxyWorker

/// Clients that hold connections without using them.
@Suite("A slow client", .serialized, .timeLimit(.minutes(1)))
struct SlowClientTests {
    private static func start(_ change: (inout ProxyLimits) -> Void = { _ in }) async throws -> TestProxy {
        try await TestProxy.start { configuration in
            configuration.httpRedirect = false
            configuration.limits.headerTimeout = .milliseconds(500)
            configuration.limits.progressInterval = .milliseconds(500)
            configuration.limits.progress = ByteSize(bytes: 1_000)
            change(&configuration.limits)
        }
    }

    /// Sends the text every 20 ms until the proxy closes, for up to 10 s.
    private func drip(_ text: String, _ client: RawClient) async throws {
        for _ in 0..<500 where !client.isClosed {
            try? await client.send(text)
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(client.isClosed)
    }

    @Test("that drips its headers is cut however often it sends", arguments: [false, true])
    func headers(tls: Bool) async throws {
        let proxy = try await Self.start()
        let client = try await RawClient.connect(port: tls ? proxy.https : proxy.http, tls: tls)
        try await client.send("GET /v2/x HTTP/1.1\r\nHost: a.test\r\nX: ")
        try await drip("y", client)
        #expect(client.text.hasPrefix("HTTP/1.1 408 "))
        #expect(proxy.upstream.seen.withLock { $0.requests.isEmpty })
        await proxy.stop()
    }

    @Test("that drips its body is cut, and the upstream learns of it", arguments: ["Content-Length: 5000", "chunked"])
    func body(_ framing: String) async throws {
        let proxy = try await Self.start()
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        let isChunked = framing == "chunked"
        try await client.send(
            "POST /v2/count HTTP/1.1\r\nHost: a.test\r\n\(isChunked ? "Transfer-Encoding: chunked" : framing)\r\n\r\n")
        try await drip(isChunked ? "1\r\nx\r\n" : "x", client)
        #expect(client.text.hasPrefix("HTTP/1.1 408 "))
        #expect(client.text.contains("sends too slowly"))
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        await proxy.stop()
    }

    @Test("that sends enough in each interval is served to the end")
    func steadyBody() async throws {
        let proxy = try await Self.start()
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        try await client.send("POST /v2/count HTTP/1.1\r\nHost: a.test\r\nContent-Length: 20000\r\n\r\n")
        for _ in 0..<20 {
            try await client.send(String(repeating: "x", count: 1_000))
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(await client.text { $0.hasSuffix("20000") }.hasPrefix("HTTP/1.1 201 "))
        await proxy.stop()
    }

    @Test("is not to blame for an upstream that takes nothing")
    func slowUpstream() async throws {
        let proxy = try await Self.start { $0.responseTimeout = .seconds(3) }
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        try await client.send("POST /v2/stall HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000000\r\n\r\n")
        client.pour(ByteBuffer(repeating: 0x61, count: 50_000_000))
        #expect(await client.text { !$0.isEmpty }.hasPrefix("HTTP/1.1 504 "))
        await proxy.stop()
    }

    @Test("that stops reading its answer is cut, and the upstream goes free", arguments: [false, true])
    func reader(tls: Bool) async throws {
        let proxy = try await Self.start()
        let client = try await RawClient.connect(port: tls ? proxy.https : proxy.http, tls: tls)
        _ = try await client.ask("GET /v2/x HTTP/1.1\r\nHost: a.test\r\n\r\n")
        await client.stopReading()
        try await client.send("GET /v2/large HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(await proxy.upstream.waits { $0.closed == 1 })
        let sent = proxy.upstream.seen.withLock { $0.bodyBytes }
        #expect(sent < 60 << 20, "\(sent) bytes were taken from the upstream")
        await client.close()
        await proxy.stop()
    }

    @Test("that goes away within a file leaves no descriptor of it behind", arguments: [false, true])
    func document(stops: Bool) async throws {
        let proxy = try await Self.start()
        try proxy.write(String(repeating: "x", count: 32 << 20), to: "www/large.txt")
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        await client.stopReading()
        try await client.send("GET /large.txt HTTP/1.1\r\nHost: a.test\r\n\r\n")
        let opened = {
            let folder = "/proc/self/fd"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            return names.count {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)"))?
                    .hasSuffix("\(proxy.folder)/www/large.txt") == true
            }
        }
        try await eventually("the file is opened") { try opened() == 1 }
        if !stops { await client.close() }
        try await eventually("the file is closed") { try opened() == 0 }
        await client.close()
        await proxy.stop()
    }

    @Test("that reads little but steadily gets its answer")
    func steadyReader() async throws {
        let proxy = try await Self.start { $0.idleTimeout = .seconds(1) }
        let client = try await RawClient.connect(port: proxy.http, tls: false, buffer: 4_096)
        await client.stopReading()
        try await client.send("GET /v2/large HTTP/1.1\r\nHost: a.test\r\n\r\n")
        // Buffers of the kernel fill; from then on so much passes as is read.
        for _ in 0..<60 {
            await client.readOnce()
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(!client.isClosed)
        #expect(proxy.upstream.seen.withLock { $0.closed } == 0)
        await client.close()
        await proxy.stop()
    }

    @Test("does not keep hundreds of its kind from being cut, nor others from being served")
    func crowd() async throws {
        let proxy = try await Self.start()
        try await withThrowingTaskGroup(of: RawClient.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let client = try await RawClient.connect(port: proxy.http, tls: false)
                    switch number % 3 {
                    case 0: try await client.send("GET /v2/x HTTP/1.1\r\nHost:")
                    case 1: try await client.send("POST /v2/count HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1")
                    default:
                        await client.stopReading()
                        try await client.send("GET /v2/large HTTP/1.1\r\nHost: a\r\n\r\n")
                    }
                    return client
                }
            }
            var clients: [RawClient] = []
            for try await client in group { clients.append(client) }
            let other = try await RawClient.connect(port: proxy.http, tls: false)
            #expect(try await other.ask("GET /v2/other HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("/v2/other"))
            await other.close()
            await eventually("all are cut") { await proxy.service.counter.count == 0 }
            for client in clients { await client.close() }
        }
        await proxy.stop()
    }

    @Test("is read no faster than an upload may be")
    func uploadRate() async throws {
        let proxy = try await Self.start { $0.uploadRate = ByteSize(bytes: 1 << 20) }
        let client = try await RawClient.connect(port: proxy.http, tls: false)
        let began = ContinuousClock.now
        try await client.send("POST /v2/count HTTP/1.1\r\nHost: a.test\r\nContent-Length: \(3 << 20)\r\n\r\n")
        client.pour(ByteBuffer(repeating: 0x61, count: 3 << 20))
        #expect(await client.text { $0.hasSuffix("\(3 << 20)") }.hasPrefix("HTTP/1.1 201 "))
        // A second's worth comes in advance.
        #expect(ContinuousClock.now - began > .milliseconds(1_800))
        await proxy.stop()
    }
}

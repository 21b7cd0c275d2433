import BundleConfig
import NIOCore
import Synchronization
import Testing

@testable import ProxyWorker

/// What a client can do to HTTP/2 with cheap frames, each sent as fast as it goes.
@Suite("A flood over HTTP/2", .serialized, .timeLimit(.minutes(1)))
struct FloodTests {
    struct Flood: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Sent once, after the preface.
        var start: [UInt8] = []
        /// The frames of one turn; streams are 1, 3, 5, …
        var turn: @Sendable (UInt32) -> [UInt8]
    }

    static let floods: [Flood] = [
        Flood(testDescription: "rapid reset (CVE-2023-44487)") { Frames.headers($0) + Frames.reset($0) },
        Flood(testDescription: "MadeYouReset by a window of nothing (CVE-2025-8671)") {
            Frames.headers($0, Frames.hangingPost, flags: 0x4) + Frames.windowUpdate($0, 0)
        },
        Flood(testDescription: "MadeYouReset by a window that overflows") {
            Frames.headers($0, Frames.hangingPost, flags: 0x4) + Frames.windowUpdate($0, 0x7FFF_FFFF)
        },
        Flood(testDescription: "MadeYouReset by data after the end") {
            Frames.headers($0) + Frames.frame(0, stream: $0, [1])
        },
        Flood(testDescription: "MadeYouReset by a dependency on itself") {
            Frames.headers($0, Frames.hangingPost, flags: 0x4)
                + Frames.frame(2, stream: $0, Frames.word($0) + [0])
        },
        Flood(
            testDescription: "CONTINUATION (CVE-2024-27316)",
            start: Frames.headers(1, Frames.hangingRequest, flags: 0x1)
        ) { _ in Frames.frame(9, stream: 1, [0x40, 1, 0x61, 1, 0x62]) },
        Flood(
            testDescription: "empty CONTINUATION", start: Frames.headers(1, Frames.hangingRequest, flags: 0x1)
        ) { _ in Frames.frame(9, stream: 1) },
        Flood(testDescription: "SETTINGS (CVE-2019-9515)") { _ in Frames.settings() },
        Flood(testDescription: "SETTINGS that change the table") { Frames.settings([0, 1] + Frames.word($0 & 4_095)) },
        Flood(testDescription: "PING (CVE-2019-9512)") { _ in Frames.ping() },
        Flood(testDescription: "PRIORITY (CVE-2019-9513)") {
            Frames.frame(2, stream: $0, Frames.word($0 == 1 ? 3 : 1) + [0])
        },
        Flood(
            testDescription: "empty DATA (CVE-2019-9518)", start: Frames.headers(1, Frames.hangingPost, flags: 0x4)
        ) { _ in Frames.frame(0, stream: 1) },
        Flood(
            testDescription: "an HPACK bomb",
            // One long field into the table, then itself again and again.
            start: Frames.headers(
                1, Frames.hangingRequest + [0x40, 1, 0x78, 0x7F, 0xA1, 0x1E] + Array(repeating: 0x61, count: 4_000))
        ) { Frames.headers($0 + 2, Frames.hangingRequest + Array(repeating: 0xBE, count: 8_000)) },
        Flood(testDescription: "HPACK that does not decode") {
            Frames.headers($0, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        },
        Flood(testDescription: "windows of nothing for the connection") { _ in Frames.windowUpdate(0, 0) },
        Flood(testDescription: "frames of a kind that nobody knows") { _ in Frames.frame(0xEE, [1, 2, 3]) },
        Flood(testDescription: "streams beyond the limit") { Frames.headers($0) },
    ]

    @Test("ends in a closed connection, and others are served", arguments: floods)
    func ends(_ flood: Flood) async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https, protocols: ["h2"])
        try await client.send(ByteBuffer(bytes: Frames.preface + Frames.settings() + flood.start))
        await eventually("the server's settings come") { !Frames.all(in: client.bytes).isEmpty }
        let began = ContinuousClock.now
        var stream: UInt32 = 1
        while !client.isClosed, ContinuousClock.now - began < .seconds(10) {
            var bytes: [UInt8] = []
            for _ in 0..<100 {
                bytes += flood.turn(stream)
                stream += 2
            }
            try? await client.send(ByteBuffer(bytes: bytes))
        }
        #expect(client.isClosed, "\(stream / 2) turns did not end it")
        let other = try await proxy.curl("--http2", proxy.url("/v2/other"))
        #expect(other.output == "/v2/other")
        // One violation was counted, and the good client is none.
        let count = await proxy.service.metrics().split(separator: "\n").first { $0.contains("http2_error") }
        #expect(count?.hasSuffix(" 1") == true, "\(count ?? "")")
        #expect(await proxy.upstream.waits { $0.requests.count <= 300 })
        await proxy.stop()
    }

    @Test("is not what a busy client does: hundreds of requests, some of them given up")
    func busy() async throws {
        let proxy = try await TestProxy.start()
        let client = try await RawClient.connect(port: proxy.https, protocols: ["h2"])
        try await client.send(ByteBuffer(bytes: Frames.preface + Frames.settings()))
        let path = Array("/v2/x".utf8)
        let request: [UInt8] = [0x82, 0x87, 0x04, UInt8(path.count)] + path + [0x01, 6] + Array("a.test".utf8)
        var stream: UInt32 = 1
        for round in 0..<20 {
            var bytes = Frames.headers(stream) + Frames.reset(stream) + Frames.ping()
            stream += 2
            for _ in 0..<25 {
                bytes += Frames.headers(stream, request)
                stream += 2
            }
            try await client.send(ByteBuffer(bytes: bytes))
            await eventually("the answers come") {
                Frames.all(in: client.bytes).filter { $0.type == 0 && !$0.payload.isEmpty }.count == (round + 1) * 25
            }
        }
        #expect(!client.isClosed)
        await client.close()
        await proxy.stop()
    }
}

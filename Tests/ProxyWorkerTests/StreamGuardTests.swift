import Foundation
import NIOCore
import Testing

@testable import ProxyWorker

/// What a client of HTTP/2 sees of an answer's end.
@Suite("An answer over HTTP/2", .timeLimit(.minutes(1)))
struct StreamGuardTests {
    /// curl 7.88 resets each stream whose end comes behind its body, and 200 resets are a flood.
    @Test(
        "ends with its last frame, not with an empty one behind it",
        arguments: [
            (method: UInt8(0x82), path: "/v2/x", data: 1), (0x82, "/healthz", 1), (0x82, "/small.txt", 1),
            (0x82, "/nothing", 1), (0x45, "/v2/x", 0), (0x45, "/small.txt", 0),
        ])
    func end(method: UInt8, path: String, data: Int) async throws {
        let proxy = try await TestProxy.start()
        try "a few bytes".write(toFile: "\(proxy.folder)/www/small.txt", atomically: true, encoding: .utf8)
        let client = try await RawClient.connect(port: proxy.https, protocols: ["h2"])
        let verb: [UInt8] = method == 0x45 ? [0x02, 4] + Array("HEAD".utf8) : [method]
        let request =
            verb + [0x87, 0x04, UInt8(path.utf8.count)] + Array(path.utf8) + [0x01, 6] + Array("a.test".utf8)
        try await client.send(
            ByteBuffer(bytes: Frames.preface + Frames.settings() + Frames.headers(1, request)))
        // END_STREAM is flag 1 of HEADERS and DATA alike.
        await eventually("the answer ends") {
            Frames.all(in: client.bytes).contains { $0.type <= 1 && $0.flags & 1 == 1 }
        }
        let frames = Frames.all(in: client.bytes).filter { $0.type == 0 }
        #expect(frames.count == data, "\(frames)")
        #expect(frames.allSatisfy { !$0.payload.isEmpty }, "\(frames)")
        await client.close()
        await proxy.stop()
    }
}

// RFC 9113, sections 3.4 to 5.5: the preface, frames, header blocks, streams.

extension FrameRow {
    static let basics: [FrameRow] = [
        .row("3.4", "the preface, settings and a request", .answered(1, 200), .one("GET")) { getFrame($0) },
        .row("3.4", "a preface that is none", .closed, raw: true) { _ in
            Array("INVALID CONNECTION PREFACE\r\n\r\n".utf8)
        },
        .row("3.4", "a request of HTTP/1.1 on a connection for h2", .closed, raw: true) { path in
            Array("GET \(path) HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8)
        },
        .row("3.4", "a PING before the settings", .connectionError([.protocol]), raw: true) { _ in
            Frames.preface + Frames.ping()
        },
        .row("3.4", "a request before the settings", .connectionError([.protocol]), raw: true) { path in
            Frames.preface + getFrame(path)
        },
        .row("4.1", "a frame of a kind that nobody knows", .ignored) { _ in Frames.frame(0xFF, [1, 2, 3]) },
        .row("4.1", "a frame of a kind that nobody knows on a stream", .answered(1, 200), .one("GET")) { path in
            Frames.frame(0x16, stream: 1, Array(repeating: 0, count: 8)) + getFrame(path)
        },
        .row("4.1", "flags that PING does not have", .ignored) { _ in
            Frames.frame(6, flags: 0x16, Array(repeating: 0, count: 8))
        },
        .row("4.1", "flags that HEADERS does not have", .answered(1, 200), .one("GET")) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 0x5 | 0xD2 & ~0x28)
        },
        .row("4.1", "the reserved bit", .answered(1, 200), .one("GET")) { path in
            Frames.frame(1, flags: 5, stream: 0x8000_0001, HeaderBlock.request(path))
        },
        .row("4.2", "DATA of 2^14 bytes", .answered(1, 200), .one("POST", body: String(repeating: "x", count: 16_384)))
        {
            postFrame($0) + dataFrame(String(repeating: "x", count: 16_384))
        },
        .row("4.2", "DATA of 2^14 + 1 bytes", .streamError(1, [.frameSize]), .unfinished) { path in
            postFrame(path) + dataFrame(String(repeating: "x", count: 16_385))
        },
        .row("4.2", "HEADERS of more than 2^14 bytes", .connectionError([.frameSize])) { path in
            getFrame(path, [("x-long", String(repeating: "x", count: 17_000))])
        },
        .row("4.2", "SETTINGS of more than 2^14 bytes", .connectionError([.frameSize])) { _ in
            Frames.settings(Array(repeating: 0xFF, count: 16_386))
        },
        .row("4.3", "a header block that does not decode", .connectionError([.compression])) { _ in
            Frames.headers(1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
        },
        .row("4.3", "PRIORITY within a header block", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 1) + Frames.frame(2, stream: 1, Frames.word(0) + [255])
        },
        .row("4.3", "HEADERS of another stream within a header block", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 1) + getFrame(path, stream: 3)
        },
        .row("4.3", "a header block in three frames", .answered(1, 200), .one("GET")) { path in
            let block = HeaderBlock.request(path)
            return Frames.headers(1, Array(block[..<4]), flags: 1) + Frames.frame(9, stream: 1, Array(block[4..<9]))
                + Frames.frame(9, flags: 4, stream: 1, Array(block[9...]))
        },
    ]

    static let streams: [FrameRow] = [
        // Without GOAWAY, which section 5.4.1 only recommends: NIOHTTP2 takes the connection for over by then.
        .row("5.1", "DATA on an idle stream", .closed) { _ in dataFrame("x") },
        .row("5.1", "RST_STREAM on an idle stream", .connectionError([.protocol])) { _ in Frames.reset(1) },
        .row("5.1", "WINDOW_UPDATE on an idle stream", .connectionError([.protocol])) { _ in
            Frames.windowUpdate(1, 100)
        },
        .row("5.1", "CONTINUATION on an idle stream", .connectionError([.protocol])) { path in
            Frames.frame(9, flags: 4, stream: 1, HeaderBlock.request(path))
        },
        .row("5.1", "PRIORITY on an idle stream, then its request", .answered(1, 200), .one("GET")) { path in
            Frames.frame(2, stream: 1, Frames.word(0) + [15]) + getFrame(path)
        },
        .row("5.1", "DATA on a half-closed stream", .streamError(1, [.streamClosed]), .maybe) { path in
            getFrame("/v2/hang\(path.dropFirst(3))") + dataFrame("x")
        },
        .row("5.1", "HEADERS on a half-closed stream", .streamError(1, [.streamClosed, .protocol]), .maybe) { path in
            getFrame("/v2/hang\(path.dropFirst(3))") + getFrame(path)
        },
        .row("5.1", "CONTINUATION on a half-closed stream", .connectionError([.streamClosed, .protocol]), .maybe) {
            path in
            getFrame("/v2/hang\(path.dropFirst(3))") + Frames.frame(9, flags: 4, stream: 1, HeaderBlock.request(path))
        },
        .row("5.1", "WINDOW_UPDATE on a half-closed stream", .answered(1, 200), .one("GET")) { path in
            getFrame(path) + Frames.windowUpdate(1, 100)
        },
        .row("5.1", "PRIORITY on a half-closed stream", .answered(1, 200), .one("GET")) { path in
            getFrame(path) + Frames.frame(2, stream: 1, Frames.word(0) + [15])
        },
        .row("5.1", "RST_STREAM on a half-closed stream", .ignored, .maybe) { path in
            getFrame("/v2/hang\(path.dropFirst(3))") + Frames.reset(1)
        },
        .row("5.1", "DATA on a stream that was reset", .streamError(1, [.streamClosed]), .unfinished) { path in
            postFrame(path) + Frames.reset(1) + dataFrame("x")
        },
        .row("5.1", "HEADERS on a stream that was reset", .streamError(1, [.streamClosed, .protocol]), .unfinished) {
            path in
            postFrame(path) + Frames.reset(1) + getFrame(path)
        },
        .row(
            "5.1", "CONTINUATION on a stream that was reset", .connectionError([.streamClosed, .protocol]), .unfinished
        ) { path in
            postFrame(path) + Frames.reset(1) + Frames.frame(9, flags: 4, stream: 1, HeaderBlock.request(path))
        },
        .row("5.1.1", "a stream of an even number", .connectionError([.protocol])) { path in getFrame(path, stream: 2)
        },
        .row("5.1.1", "a stream of a lower number than the last", .connectionError([.protocol, .streamClosed]), .maybe)
        { path in
            getFrame("/v2/hang\(path.dropFirst(3))", stream: 5) + getFrame(path, stream: 3)
        },
        .row("5.1.1", "streams with numbers left out", .answered(9, 200), .one("GET")) { getFrame($0, stream: 9) },
        .row("5.3.1", "HEADERS that depend on their own stream", .streamError(1, [.protocol])) { path in
            Frames.headers(1, Frames.word(1) + [255] + HeaderBlock.request(path), flags: 0x25)
        },
        .row("5.3.1", "PRIORITY that depends on its own stream", .streamError(1, [.protocol])) { _ in
            Frames.frame(2, stream: 1, Frames.word(1) + [255])
        },
        .row("5.3.1", "HEADERS with a priority", .answered(1, 200), .one("GET")) { path in
            Frames.headers(1, Frames.word(0) + [255] + HeaderBlock.request(path), flags: 0x25)
        },
        .row("5.3.1", "HEADERS with an exclusive dependency", .answered(1, 200), .one("GET")) { path in
            Frames.headers(1, Frames.word(0x8000_0003) + [0] + HeaderBlock.request(path), flags: 0x25)
        },
        .row("5.5", "a frame of an unknown kind within a header block", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 1) + Frames.frame(0xFF, stream: 1, [0])
        },
    ]
}

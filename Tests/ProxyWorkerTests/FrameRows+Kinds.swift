// RFC 9113, section 6: each kind of frame.

extension FrameRow {
    private static let zeros = [UInt8](repeating: 0, count: 8)

    static let dataAndHeaders: [FrameRow] = [
        .row("6.1", "a body in one frame", .answered(1, 200), .one("POST", body: "hello")) {
            postFrame($0) + dataFrame("hello")
        },
        .row("6.1", "a body in three frames", .answered(1, 200), .one("POST", body: "one two three")) { path in
            postFrame(path) + dataFrame("one ", end: false) + dataFrame("two ", end: false) + dataFrame("three")
        },
        .row("6.1", "a body that ends with an empty frame", .answered(1, 200), .one("POST", body: "hello")) { path in
            postFrame(path) + dataFrame("hello", end: false) + dataFrame("")
        },
        .row("6.1", "a padded body", .answered(1, 200), .one("POST", body: "hello")) { path in
            postFrame(path) + Frames.frame(0, flags: 9, stream: 1, [3] + Array("hello".utf8) + [0, 0, 0])
        },
        .row("6.1", "DATA on stream 0", .connectionError([.protocol])) { _ in dataFrame("x", stream: 0) },
        .row("6.1", "DATA padded by more than there is", .connectionError([.protocol]), .unfinished) { path in
            postFrame(path) + Frames.frame(0, flags: 9, stream: 1, [6] + Array("hello".utf8))
        },
        .row(
            "6.1", "padded DATA without a length of the padding", .connectionError([.protocol, .frameSize]), .unfinished
        ) { path in
            postFrame(path) + Frames.frame(0, flags: 9, stream: 1)
        },
        .row("6.2", "padded HEADERS", .answered(1, 200), .one("GET")) { path in
            Frames.headers(1, [2] + HeaderBlock.request(path) + [0, 0], flags: 0xD)
        },
        .row("6.2", "HEADERS on stream 0", .connectionError([.protocol])) { getFrame($0, stream: 0) },
        .row("6.2", "HEADERS padded by more than there is", .connectionError([.protocol])) { path in
            Frames.headers(1, [250] + HeaderBlock.request(path), flags: 0xD)
        },
        .row("6.2", "padded HEADERS without a length of the padding", .connectionError([.protocol, .frameSize])) { _ in
            Frames.headers(1, [], flags: 0xD)
        },
        .row(
            "6.2", "HEADERS with a priority that is cut short", .connectionError([.protocol, .frameSize, .compression])
        ) { _ in
            Frames.headers(1, [0, 0, 0], flags: 0x25)
        },
        .row("6.2", "an empty header block", .streamError(1, [.protocol])) { _ in Frames.headers(1, []) },
        .row("6.3", "PRIORITY of weight 1", .ignored) { _ in Frames.frame(2, stream: 1, Frames.word(0) + [0]) },
        .row("6.3", "PRIORITY on stream 0", .connectionError([.protocol])) { _ in
            Frames.frame(2, stream: 0, Frames.word(0) + [255])
        },
        .row("6.3", "PRIORITY of four bytes", .streamError(1, [.frameSize])) { _ in
            Frames.frame(2, stream: 1, Frames.word(0))
        },
        .row("6.3", "PRIORITY of six bytes", .streamError(1, [.frameSize])) { _ in
            Frames.frame(2, stream: 1, Frames.word(0) + [1, 1])
        },
        .row("6.4", "RST_STREAM on stream 0", .connectionError([.protocol])) { _ in Frames.reset(0) },
        .row("6.4", "RST_STREAM of three bytes", .connectionError([.frameSize]), .unfinished) { path in
            postFrame(path) + Frames.frame(3, stream: 1, [0, 0, 8])
        },
        .row("6.4", "RST_STREAM of five bytes", .connectionError([.frameSize]), .unfinished) { path in
            postFrame(path) + Frames.frame(3, stream: 1, [0, 0, 0, 8, 0])
        },
        .row("6.4", "RST_STREAM within a body", .ignored, .unfinished) { path in
            postFrame(path) + dataFrame("x", end: false) + Frames.reset(1)
        },
    ]

    static let connectionFrames: [FrameRow] = [
        .row("6.5", "an acknowledgement of settings with a payload", .connectionError([.frameSize])) { _ in
            Frames.frame(4, flags: 1, [0, 3, 0, 0, 0, 1])
        },
        .row("6.5", "SETTINGS on a stream", .connectionError([.protocol])) { _ in Frames.frame(4, stream: 1) },
        .row("6.5", "SETTINGS of three bytes", .connectionError([.frameSize])) { _ in Frames.settings([0, 3, 0]) },
        .row("6.5", "SETTINGS of seven bytes", .connectionError([.frameSize])) { _ in
            Frames.settings([0, 3] + Frames.word(100) + [0])
        },
        .row("6.5.2", "ENABLE_PUSH of 2", .connectionError([.protocol])) { _ in
            Frames.settings([0, 2] + Frames.word(2))
        },
        .row("6.5.2", "ENABLE_PUSH of 0 and 1", .ignored) { _ in
            Frames.settings([0, 2] + Frames.word(0)) + Frames.settings([0, 2] + Frames.word(1))
        },
        .row("6.5.2", "INITIAL_WINDOW_SIZE of 2^31", .connectionError([.flowControl])) { _ in
            Frames.settings([0, 4] + Frames.word(0x8000_0000))
        },
        .row("6.5.2", "INITIAL_WINDOW_SIZE of 2^31 - 1", .answered(1, 200), .one("GET")) { path in
            Frames.settings([0, 4] + Frames.word(0x7FFF_FFFF)) + getFrame(path)
        },
        .row("6.5.2", "MAX_FRAME_SIZE below 2^14", .connectionError([.protocol])) { _ in
            Frames.settings([0, 5] + Frames.word(16_383))
        },
        .row("6.5.2", "MAX_FRAME_SIZE above 2^24 - 1", .connectionError([.protocol])) { _ in
            Frames.settings([0, 5] + Frames.word(1 << 24))
        },
        .row("6.5.2", "a setting that nobody knows", .answered(1, 200), .one("GET")) { path in
            Frames.settings([0, 0xFF] + Frames.word(1)) + getFrame(path)
        },
        .row("6.5.2", "HEADER_TABLE_SIZE of 0", .answered(1, 200), .one("GET")) { path in
            Frames.settings([0, 1] + Frames.word(0)) + getFrame(path)
        },
        .row("6.5.3", "settings twice in one frame", .answered(1, 200), .one("GET")) { path in
            Frames.settings([0, 4] + Frames.word(100) + [0, 4] + Frames.word(200)) + getFrame(path)
        },
        .row("6.6", "PUSH_PROMISE of a client", .connectionError([.protocol])) { path in
            Frames.frame(5, flags: 4, stream: 1, Frames.word(2) + HeaderBlock.request(path))
        },
        .row("6.6", "PUSH_PROMISE of a client on an open stream", .connectionError([.protocol]), .unfinished) { path in
            postFrame(path) + Frames.frame(5, flags: 4, stream: 1, Frames.word(2) + HeaderBlock.request(path))
        },
        .row("6.7", "PING", .ignored) { _ in Frames.ping() },
        .row("6.7", "the answer to a PING that nobody sent", .ignored) { _ in Frames.frame(6, flags: 1, zeros) },
        .row("6.7", "PING on a stream", .connectionError([.protocol])) { _ in Frames.frame(6, stream: 1, zeros) },
        .row("6.7", "PING of six bytes", .connectionError([.frameSize])) { _ in Frames.frame(6, Array(zeros.prefix(6)))
        },
        .row("6.7", "PING of nine bytes", .connectionError([.frameSize])) { _ in Frames.frame(6, zeros + [0]) },
        .row("6.8", "GOAWAY on a stream", .connectionError([.protocol])) { _ in Frames.frame(7, stream: 1, zeros) },
        .row("6.8", "GOAWAY of four bytes", .connectionError([.frameSize])) { _ in Frames.frame(7, Frames.word(0)) },
        .row("6.8", "GOAWAY with an error that nobody knows", .ignored) { _ in
            Frames.frame(7, Frames.word(0) + Frames.word(0xFF))
        },
        .row("6.8", "GOAWAY while a request is answered", .answered(1, 200), .one("GET")) { path in
            getFrame(path) + Frames.frame(7, zeros)
        },
        .row("6.9", "WINDOW_UPDATE of nothing for the connection", .connectionError([.protocol])) { _ in
            Frames.windowUpdate(0, 0)
        },
        .row("6.9", "WINDOW_UPDATE of nothing for a stream", .streamError(1, [.protocol]), .unfinished) { path in
            postFrame(path) + Frames.windowUpdate(1, 0)
        },
        .row("6.9", "WINDOW_UPDATE of three bytes", .connectionError([.frameSize])) { _ in Frames.frame(8, [0, 0, 1]) },
        .row("6.9", "WINDOW_UPDATE of five bytes", .connectionError([.frameSize])) { _ in
            Frames.frame(8, [0, 0, 0, 1, 0])
        },
        .row("6.9", "WINDOW_UPDATE for connection and stream", .answered(1, 200), .one("POST", body: "x")) { path in
            Frames.windowUpdate(0, 1) + postFrame(path) + Frames.windowUpdate(1, 1) + dataFrame("x")
        },
        .row("6.9.1", "the connection's window beyond 2^31 - 1", .connectionError([.flowControl])) { _ in
            Frames.windowUpdate(0, 0x7FFF_FFFF) + Frames.windowUpdate(0, 0x7FFF_FFFF)
        },
        .row("6.9.1", "a stream's window beyond 2^31 - 1", .streamError(1, [.flowControl]), .unfinished) { path in
            postFrame(path) + Frames.windowUpdate(1, 0x7FFF_FFFF) + Frames.windowUpdate(1, 0x7FFF_FFFF)
        },
        .row("6.9.2", "settings that make a stream's window overflow", .connectionError([.flowControl]), .unfinished) {
            path in
            postFrame(path) + Frames.windowUpdate(1, 0x7FFF_0000 - 65_535)
                + Frames.settings([0, 4] + Frames.word(0x7FFF_FFFF))
        },
        .row(
            "6.10", "CONTINUATION behind a whole header block", .connectionError([.protocol, .streamClosed]),
            .unfinished
        ) { path in
            postFrame(path) + Frames.frame(9, flags: 4, stream: 1, HeaderBlock.field("x-more", "y"))
        },
        .row("6.10", "CONTINUATION on stream 0", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 1) + Frames.frame(9, flags: 4, stream: 0)
        },
        .row("6.10", "CONTINUATION of another stream", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 1) + Frames.frame(9, flags: 4, stream: 3)
        },
        .row("6.10", "DATA instead of CONTINUATION", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path, method: "POST"), flags: 0) + dataFrame("x")
        },
        .row("6.10", "SETTINGS instead of CONTINUATION", .connectionError([.protocol])) { path in
            Frames.headers(1, HeaderBlock.request(path), flags: 1) + Frames.settings()
        },
        .row("7", "RST_STREAM with an error that nobody knows", .ignored, .unfinished) { path in
            postFrame(path) + Frames.frame(3, stream: 1, Frames.word(0xFF))
        },
    ]
}

// RFC 9113, section 8: requests; RFC 7541: their compression.

extension FrameRow {
    private static func block(
        _ section: String, _ name: String, _ outcome: Outcome = .streamError(1, [.protocol]),
        _ upstream: Upstream = .nothing, _ block: @escaping @Sendable (String) -> [UInt8]
    ) -> FrameRow {
        .row(section, name, outcome, upstream) { Frames.headers(1, block($0)) }
    }

    /// A request with one more field.
    private static func field(
        _ section: String, _ name: String, _ value: String, _ outcome: Outcome = .streamError(1, [.protocol]),
        _ upstream: Upstream = .nothing
    ) -> FrameRow {
        block(section, "\(name.debugDescription): \(value.debugDescription)", outcome, upstream) {
            HeaderBlock.request($0, [(name, value)])
        }
    }

    /// What is given in this order.
    private static func pseudo(_ name: String, _ fields: @escaping @Sendable (String) -> [(String, String)]) -> FrameRow
    {
        block("8.3.1", name) { path in fields(path).flatMap { HeaderBlock.field($0.0, $0.1) } }
    }

    private static let trailer = Frames.headers(1, HeaderBlock.field("x-checksum", "1"), flags: 5)

    static let requests: [FrameRow] = [
        .row("8.1", "HEAD", .answered(1, 200), .one("HEAD")) { path in
            Frames.headers(1, HeaderBlock.request(path, method: "HEAD"))
        },
        .row("8.1", "a body with trailers", .answered(1, 200), .one("POST", body: "x")) { path in
            postFrame(path) + dataFrame("x", end: false) + trailer
        },
        .row("8.1", "trailers that do not end the stream", .streamError(1, [.protocol]), .unfinished) { path in
            postFrame(path) + dataFrame("x", end: false)
                + Frames.headers(1, HeaderBlock.field("x-checksum", "1"), flags: 4)
        },
        .row("8.1", "a pseudo-field in trailers", .streamError(1, [.protocol]), .unfinished) { path in
            postFrame(path) + dataFrame("x", end: false)
                + Frames.headers(1, HeaderBlock.field(":path", "/v2/other"), flags: 5)
        },
        .row("8.1", "an upper-case name in trailers", .streamError(1, [.protocol]), .unfinished) { path in
            postFrame(path) + dataFrame("x", end: false) + Frames.headers(1, HeaderBlock.field("X-Sum", "1"), flags: 5)
        },
        .row("8.1.1", "a Content-Length of more than the body", .streamError(1, [.protocol]), .unfinished) { path in
            postFrame(path, [("content-length", "2")]) + dataFrame("x")
        },
        .row("8.1.1", "a Content-Length of less than the body", .streamError(1, [.protocol]), .unfinished) { path in
            postFrame(path, [("content-length", "1")]) + dataFrame("xy")
        },
        // What the upstream gets first is a whole body of the length that was named.
        .row("8.1.1", "a Content-Length of less than the body in two frames", .streamError(1, [.protocol]), .maybe) {
            path in
            postFrame(path, [("content-length", "1")]) + dataFrame("x", end: false) + dataFrame("y")
        },
        .row("8.1.1", "a Content-Length without a body", .streamError(1, [.protocol])) { path in
            getFrame(path, [("content-length", "1")])
        },
        .row("8.1.1", "the Content-Length of the body", .answered(1, 200), .one("POST", body: "xy")) { path in
            postFrame(path, [("content-length", "2")]) + dataFrame("xy")
        },
        block("8.1.1", "two Content-Lengths", .streamError(1, [.protocol])) { path in
            HeaderBlock.request(path, [("content-length", "0"), ("content-length", "1")])
        },
        field("8.1.1", "content-length", "-1"),
        // Section 8.1.1 lets a server answer what is malformed.
        field("8.1.1", "content-length", "0, 0", .answered(1, 400)),
        field("8.2", "X-Upper", "y"), field("8.2.1", "x y", "z"), field("8.2.1", "x:y", "z"),
        // NIOHPACK takes it for a block that does not decode: a connection error in place of a stream error.
        field("8.2.1", "", "z", .streamError(1, [.protocol, .compression])),
        field("8.2.1", "x-nul", "a\u{0}b"), field("8.2.1", "x-cr", "a\rb"), field("8.2.1", "x-lf", "a\nb"),
        field("8.2.1", "x-split", "a\r\nx-other: b"),
        field("8.2.2", "connection", "keep-alive"), field("8.2.2", "proxy-connection", "keep-alive"),
        field("8.2.2", "keep-alive", "timeout=5"), field("8.2.2", "transfer-encoding", "chunked"),
        field("8.2.2", "upgrade", "h2c"), field("8.2.2", "te", "trailers, deflate"), field("8.2.2", "te", "gzip"),
        field("8.2.2", "te", "trailers", .answered(1, 200), .one("GET")),
        pseudo("an unknown pseudo-field") {
            [(":method", "GET"), (":scheme", "https"), (":path", $0), (":authority", "a.test"), (":test", "x")]
        },
        pseudo("an answer's pseudo-field") {
            [(":method", "GET"), (":scheme", "https"), (":path", $0), (":authority", "a.test"), (":status", "200")]
        },
        pseudo("a pseudo-field behind a field") {
            [(":method", "GET"), (":scheme", "https"), (":authority", "a.test"), ("x-a", "b"), (":path", $0)]
        },
        pseudo("no :method") { [(":scheme", "https"), (":path", $0), (":authority", "a.test")] },
        pseudo("no :scheme") { [(":method", "GET"), (":path", $0), (":authority", "a.test")] },
        pseudo("no :path") { _ in [(":method", "GET"), (":scheme", "https"), (":authority", "a.test")] },
        pseudo("an empty :path") { _ in
            [(":method", "GET"), (":scheme", "https"), (":path", ""), (":authority", "a.test")]
        },
        pseudo("two of :method") {
            [(":method", "GET"), (":method", "POST"), (":scheme", "https"), (":path", $0), (":authority", "a.test")]
        },
        pseudo("two of :scheme") {
            [(":method", "GET"), (":scheme", "https"), (":scheme", "http"), (":path", $0), (":authority", "a.test")]
        },
        pseudo("two of :path") {
            [(":method", "GET"), (":scheme", "https"), (":path", $0), (":path", "/v2/other"), (":authority", "a.test")]
        },
        pseudo("two of :authority") {
            [
                (":method", "GET"), (":scheme", "https"), (":path", $0), (":authority", "a.test"),
                (":authority", "b.test"),
            ]
        },
        pseudo("a Host that says otherwise than :authority") {
            [(":method", "GET"), (":scheme", "https"), (":path", $0), (":authority", "a.test"), ("host", "b.test")]
        },
        block("8.3.1", "a Host that says the same as :authority", .answered(1, 200), .one("GET")) { path in
            HeaderBlock.request(path, [("host", "a.test")])
        },
        // NIOHTTP2's codec cannot make a request of it, and gives the stream up (CANCEL).
        block("8.3.1", "no :authority and no Host", .streamError(1, [.protocol, .cancel])) {
            HeaderBlock.request($0, authority: nil)
        },
        block("8.3.1", "a :path that is no path", .answered(1, 400)) { HeaderBlock.request("\($0.dropFirst())") },
        block("8.3.1", "a :path with a fragment", .answered(1, 400)) { HeaderBlock.request("\($0)#x") },
        block("8.3.1", "a :path with a space") { HeaderBlock.request("\($0) x") },
        block("8.3.1", "an :authority with a user", .answered(1, 400)) {
            HeaderBlock.request($0, authority: "u@a.test")
        },
        block("8.3.1", "a :method that is no token") { HeaderBlock.request($0, method: "GE T") },
        block("8.3.1", "OPTIONS *", .answered(1, 405)) { _ in HeaderBlock.request("*", method: "OPTIONS") },
        block("8.5", "CONNECT", .streamError(1, [.protocol, .cancel])) { _ in
            HeaderBlock.field(":method", "CONNECT") + HeaderBlock.field(":authority", "a.test:443")
        },
        block("8.5", "CONNECT with a :path") { path in HeaderBlock.request(path, method: "CONNECT") },
    ]

    private static let status = HeaderBlock.field("x-a", "b")

    static let compression: [FrameRow] = [
        block("HPACK 2.3.3", "an index beyond the tables", .connectionError([.compression])) {
            HeaderBlock.request($0) + [0xC6]
        },
        block("HPACK 6.1", "the index 0", .connectionError([.compression])) { HeaderBlock.request($0) + [0x80] },
        block("HPACK 6.1", "indexed fields", .answered(1, 200), .one("GET")) { path in
            [0x82, 0x87] + HeaderBlock.field(":path", path) + HeaderBlock.field(":authority", "a.test")
        },
        block("HPACK 6.2.1", "a literal that goes into the table", .answered(1, 200), .one("GET")) { path in
            HeaderBlock.request(path) + [0x40] + HeaderBlock.field("x-a", "b").dropFirst() + [0xBE]
        },
        block("HPACK 6.2.3", "a literal that is never indexed", .answered(1, 200), .one("GET")) { path in
            HeaderBlock.request(path) + [0x10] + HeaderBlock.field("x-a", "b").dropFirst()
        },
        block("HPACK 5.2", "a value in Huffman code", .answered(1, 200), .one("GET")) { path in
            HeaderBlock.request(path) + [0x00, 3] + Array("x-a".utf8)
                // "www.example.com", RFC 7541, C.4.1.
                + [0x8C, 0xF1, 0xE3, 0xC2, 0xE5, 0xF2, 0x3A, 0x6B, 0xA0, 0xAB, 0x90, 0xF4, 0xFF]
        },
        block("HPACK 5.2", "Huffman padding of more than seven bits", .connectionError([.compression])) { path in
            HeaderBlock.request(path) + [0x00, 3] + Array("x-a".utf8) + [0x82, 0x1F, 0xFF]
        },
        block("HPACK 5.2", "Huffman padding of zeros", .connectionError([.compression])) { path in
            HeaderBlock.request(path) + [0x00, 3] + Array("x-a".utf8) + [0x81, 0x18]
        },
        block("HPACK 5.2", "Huffman code of the end of a string", .connectionError([.compression])) { path in
            HeaderBlock.request(path) + [0x00, 3] + Array("x-a".utf8) + [0x84, 0xFF, 0xFF, 0xFF, 0xFF]
        },
        block("HPACK 4.2", "a new table size at the end of a block", .connectionError([.compression])) {
            HeaderBlock.request($0) + [0x21]
        },
        block("HPACK 6.3", "a table size beyond the limit", .connectionError([.compression])) {
            [0x3F, 0xE2, 0x1F] + HeaderBlock.request($0)
        },
        block("HPACK 6.3", "a smaller table size", .answered(1, 200), .one("GET")) { [0x20] + HeaderBlock.request($0) },
        block("HPACK 5.1", "an integer without an end", .connectionError([.compression])) {
            HeaderBlock.request($0) + [0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
        },
        block("HPACK 5.2", "a value that is cut short", .connectionError([.compression])) {
            HeaderBlock.request($0) + [0x00, 3] + Array("x-a".utf8) + [5, 0x61]
        },
    ]
}

import NIOCore
import NIOHTTP1

/// Reads HTTP/1.0 and 1.1 requests from bytes, strictly: lines end in CRLF, nothing is folded, nothing is guessed.
///
/// Pure but for the buffer that it holds. After `.end` it gives nothing more until `beginNext()`, so that pipelined
/// requests are answered one by one. Trailers are checked and dropped.
/// - Limits: `headLimit` bytes of head, 8 KiB of target, 100 headers, 4 KiB of trailers, 256 bytes of a chunk's size line.
/// - Source: RFC 9112.
struct RequestParser {
    enum Event: Equatable {
        case head(HTTPRequestHead, BodyFraming)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case head
        case fixed(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
        /// The last event but `.end` has been given.
        case ending
        /// `.end` has been given; bytes that follow wait.
        case complete
    }

    private var state = State.head
    var bytes = ByteBuffer()
    /// How many readable bytes are known to hold no complete head, or line.
    var scanned = 0
    /// Whether an empty line before the request line has been looked for.
    var soughtEmptyLine = false
    private var trailerBytes = 0
    private var bodyBytes = 0
    var headLimit: Int
    /// 0 sets no limit.
    var bodyLimit: Int

    init(headLimit: Int, bodyLimit: Int = 0) {
        self.headLimit = headLimit
        self.bodyLimit = bodyLimit
    }

    /// Bytes that wait for more, or for their turn.
    var buffered: Int { bytes.readableBytes }

    /// Whether a request has begun to arrive, but its head has not arrived in full.
    var isWithinHead: Bool {
        if case .head = state { return bytes.readableBytes > 0 }
        return false
    }

    /// Whether nothing of a request has arrived.
    var isIdle: Bool {
        if case .head = state { return bytes.readableBytes == 0 }
        return false
    }

    mutating func append(_ buffer: ByteBuffer) {
        if bytes.readableBytes == 0 {
            bytes = buffer
        } else {
            bytes.writeImmutableBuffer(buffer)
        }
    }

    /// Goes on to the request after the one that has ended.
    mutating func beginNext() {
        guard case .complete = state else { return }
        state = .head
        scanned = 0
        soughtEmptyLine = false
        bodyBytes = 0
        trailerBytes = 0
        if bytes.readableBytes == 0 { bytes = ByteBuffer() }
    }

    /// The next event, or nil until more bytes arrive.
    mutating func next() throws(RequestRefusal) -> Event? {
        while true {
            switch state {
            case .head:
                guard let (head, framing) = try readHead() else { return nil }
                switch framing {
                case .none, .fixed(0), .stream: state = .ending
                case .fixed(let length): state = .fixed(length)
                case .chunked: state = .chunkSize
                }
                return .head(head, framing)
            case .fixed(let left):
                guard let slice = bytes.readSlice(length: min(left, bytes.readableBytes)), slice.readableBytes > 0
                else {
                    return nil
                }
                state = left == slice.readableBytes ? .ending : .fixed(left - slice.readableBytes)
                return .body(slice)
            case .chunkSize:
                guard let size = try readChunkSize() else { return nil }
                state = size == 0 ? .trailers : .chunk(size)
            case .chunk(let left):
                guard let slice = bytes.readSlice(length: min(left, bytes.readableBytes)), slice.readableBytes > 0
                else {
                    return nil
                }
                state = left == slice.readableBytes ? .chunkEnd : .chunk(left - slice.readableBytes)
                return .body(slice)
            case .chunkEnd:
                guard let end = bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) else { return nil }
                guard end == 0x0D0A else { throw RequestRefusal(400, "A chunk is longer than its size says") }
                bytes.moveReaderIndex(forwardBy: 2)
                state = .chunkSize
            case .trailers:
                guard let line = try readLine(limit: 4 << 10, status: 431) else { return nil }
                guard !line.isEmpty else {
                    state = .ending
                    continue
                }
                trailerBytes += line.count
                guard trailerBytes <= 4 << 10 else { throw RequestRefusal(431, "The trailers are too large") }
                _ = try Self.field(line)
            case .ending:
                state = .complete
                return .end
            case .complete:
                return nil
            }
        }
    }

    private mutating func readChunkSize() throws(RequestRefusal) -> Int? {
        guard let line = try readLine(limit: 256, status: 400) else { return nil }
        let digits = line.prefix { FieldSyntax.hexDigit($0) != nil }
        guard !digits.isEmpty, digits.count <= 15 else { throw RequestRefusal(400, "A chunk's size is malformed") }
        let rest = line[digits.endIndex...]
        guard rest.isEmpty || rest.first == UInt8(ascii: ";"), rest.allSatisfy(FieldSyntax.isValue) else {
            throw RequestRefusal(400, "A chunk's size is malformed")
        }
        let size = digits.reduce(0) { $0 << 4 | Int(FieldSyntax.hexDigit($1) ?? 0) }
        bodyBytes += size
        guard bodyLimit == 0 || bodyBytes <= bodyLimit else {
            throw RequestRefusal(413, "The body is larger than the limit of \(bodyLimit) bytes")
        }
        return size
    }

    /// A line without its CRLF; nil until it is complete.
    private mutating func readLine(limit: Int, status: Int) throws(RequestRefusal) -> [UInt8]? {
        let view = bytes.readableBytesView
        guard let feed = view.prefix(limit + 1).firstIndex(of: 0x0A) else {
            guard view.count <= limit else { throw RequestRefusal(status, "A line of the body's framing is too long") }
            return nil
        }
        guard feed > view.startIndex, view[feed - 1] == 0x0D else {
            throw RequestRefusal(400, "A line ends without CR")
        }
        let line = Array(view[view.startIndex..<(feed - 1)])
        bytes.moveReaderIndex(to: feed + 1)
        return line
    }
}

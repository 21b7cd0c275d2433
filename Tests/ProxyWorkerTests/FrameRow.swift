/// One line of the table of HTTP/2 frames, as h2spec has them: what a client sends after the preface and its settings, and what
/// must come of it.
struct FrameRow: Sendable {
    enum Outcome: Sendable {
        /// GOAWAY with one of these codes, and the end of the connection.
        case connectionError(Set<Code>)
        /// RST_STREAM of this stream with one of these codes. Or GOAWAY with one of them: an endpoint may treat a stream error
        /// as a connection error (RFC 9113, section 5.4.2).
        case streamError(UInt32, Set<Code>)
        /// An answer with this status on this stream; the connection goes on.
        case answered(UInt32, Int)
        /// Nothing; the connection goes on.
        case ignored
        /// The end of the connection, whatever is said before.
        case closed
    }

    /// What the upstream sees.
    enum Upstream: Sendable, Equatable {
        case nothing
        /// This method with the row's path, once, with this body.
        case one(String, body: String = "")
        /// At most the beginning of a request, which never ends.
        case unfinished
        /// A request of the row's own, or nothing: the error that follows may overtake it.
        case maybe
    }

    /// RFC 9113, section 7.
    enum Code: UInt32, Sendable {
        case none = 0
        case `protocol` = 1
        case flowControl = 3
        case streamClosed = 5
        case frameSize = 6
        case refusedStream = 7
        case cancel = 8
        case compression = 9
        case enhanceYourCalm = 11
    }

    /// The section of RFC 9113, or of RFC 7541 (`HPACK …`).
    var section: String
    var name: String
    var outcome: Outcome
    var upstream: Upstream
    /// Whether the bytes come instead of the preface and the settings.
    var isRaw = false
    /// The frames, given the row's own path.
    var frames: @Sendable (String) -> [UInt8]

    static func row(
        _ section: String, _ name: String, _ outcome: Outcome, _ upstream: Upstream = .nothing, raw: Bool = false,
        _ frames: @escaping @Sendable (String) -> [UInt8]
    ) -> FrameRow {
        FrameRow(
            section: section, name: name, outcome: outcome, upstream: upstream, isRaw: raw, frames: frames)
    }
}

/// HEADERS of a request that ends with them, on stream 1 unless told.
func getFrame(_ path: String, stream: UInt32 = 1, _ fields: [(String, String)] = []) -> [UInt8] {
    Frames.headers(stream, HeaderBlock.request(path, fields))
}

/// HEADERS of a POST whose body follows.
func postFrame(_ path: String, stream: UInt32 = 1, _ fields: [(String, String)] = []) -> [UInt8] {
    Frames.headers(stream, HeaderBlock.request(path, method: "POST", fields), flags: 0x4)
}

func dataFrame(_ text: String, stream: UInt32 = 1, end: Bool = true) -> [UInt8] {
    Frames.frame(0, flags: end ? 1 : 0, stream: stream, Array(text.utf8))
}

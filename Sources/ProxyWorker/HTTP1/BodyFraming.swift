import NIOHTTP1

/// How the end of a request's body is known.
enum BodyFraming: Equatable, Sendable {
    case none
    case fixed(Int)
    case chunked
    /// HTTP/2 without a content-length: the stream's end ends it, and it may turn out to be empty.
    case stream

    /// How an HTTP/1 request's body ends, once `RequestGuard` has admitted its head.
    init(admitted headers: HTTPHeaders) {
        if headers.contains(name: "transfer-encoding") {
            self = .chunked
        } else if let length = headers.first(name: "content-length").flatMap({ Int($0) }) {
            self = .fixed(length)
        } else {
            self = .none
        }
    }

    /// Whether bytes of a body may follow the head.
    var hasBody: Bool { self != .none && self != .fixed(0) }
}

/// How the end of a request's body is known.
enum BodyFraming: Equatable, Sendable {
    case none
    case fixed(Int)
    case chunked
    /// HTTP/2 without a content-length: the stream's end ends it, and it may turn out to be empty.
    case stream
}

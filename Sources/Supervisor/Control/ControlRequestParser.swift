/// Reads HTTP/1.1 requests as they arrive, in any pieces.
/// - Why by hand: the peer is our own user on a unix socket, requests are tiny, and the supervisor stays one small
///   thread. What is not plainly well-formed is refused.
/// - Size: heads to 16 KiB, bodies to 64 KiB, by Content-Length only.
/// - Source: RFC 9112.
struct ControlRequestParser {
    enum Outcome: Equatable {
        case needsMore
        case request(ControlRequest)
        /// An answer to give before closing.
        case refused(status: Int, problem: String)
    }

    private static let headLimit = 16 << 10
    private static let bodyLimit = 64 << 10

    private var buffer: [UInt8] = []

    /// Whether a request has begun and not come to its end.
    var isMidway: Bool { !buffer.isEmpty }

    mutating func feed(_ bytes: ArraySlice<UInt8>) {
        buffer += bytes
    }

    /// The next complete request.
    mutating func next() -> Outcome {
        guard let end = Self.endOfHead(buffer) else {
            return buffer.count > Self.headLimit
                ? .refused(status: 431, problem: "the request's head is longer than 16 KiB") : .needsMore
        }
        guard let head = String(validating: buffer[..<end.head], as: UTF8.self) else {
            return .refused(status: 400, problem: "the request's head is not UTF-8")
        }
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
        let first = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard first.count == 3, first[2] == "HTTP/1.1" || first[2] == "HTTP/1.0", first[1].hasPrefix("/") else {
            return .refused(status: 400, problem: "the request line is not HTTP/1.1")
        }
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else {
                return .refused(status: 400, problem: "a header has no name")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers[line[..<colon].lowercased()] = String(value)
        }
        if headers["transfer-encoding"] != nil {
            return .refused(status: 411, problem: "send the body with a Content-Length")
        }
        let length: Int
        if let text = headers["content-length"] {
            guard let number = Int(text), number >= 0 else {
                return .refused(status: 400, problem: "Content-Length is not a number")
            }
            length = number
        } else {
            length = 0
        }
        guard length <= Self.bodyLimit else { return .refused(status: 413, problem: "the body is longer than 64 KiB") }
        guard buffer.count >= end.body + length else { return .needsMore }
        let body = Array(buffer[end.body..<end.body + length])
        buffer.removeFirst(end.body + length)
        let target = first[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let query = PercentCoding.query(target.count > 1 ? target[1] : "") else {
            return .refused(status: 400, problem: "the query is not percent-encoded UTF-8")
        }
        return .request(
            ControlRequest(
                method: String(first[0]), path: String(target[0]), query: query, headers: headers, body: body))
    }

    private static func endOfHead(_ bytes: [UInt8]) -> (head: Int, body: Int)? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count
        where bytes[index] == 0x0A && bytes[index - 1] == 0x0D && bytes[index - 2] == 0x0A && bytes[index - 3] == 0x0D {
            return (index - 3, index + 1)
        }
        return nil
    }
}

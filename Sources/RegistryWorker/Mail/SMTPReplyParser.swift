/// Puts a server's bytes together to whole answers: `250-first`, `250 last`.
struct SMTPReplyParser: Sendable {
    /// No answer is longer.
    static let limit = 64 << 10

    /// Why the bytes are no answer.
    struct Malformed: Error, Equatable {}

    private var rest: [UInt8] = []
    private var lines: [String] = []

    /// Whether something stands there that belongs to no answer yet.
    var isEmpty: Bool { rest.isEmpty && lines.isEmpty }

    mutating func add(_ bytes: some Sequence<UInt8>) throws(Malformed) -> [(code: Int, lines: [String])] {
        rest += bytes
        var replies: [(code: Int, lines: [String])] = []
        while let end = rest.firstIndex(of: 0x0A) {
            var line = rest[..<end]
            if line.last == 0x0D { line = line.dropLast() }
            let text = String(decoding: line, as: UTF8.self)
            rest.removeFirst(end + 1)
            guard line.count >= 3, let code = Int(text.prefix(3)), (200..<600).contains(code) else {
                throw Malformed()
            }
            lines.append(String(text.dropFirst(4)))
            if line.count > 3, line[line.startIndex + 3] == UInt8(ascii: "-") { continue }
            replies.append((code, lines))
            lines = []
        }
        guard rest.count + lines.count * 64 <= Self.limit else { throw Malformed() }
        return replies
    }
}

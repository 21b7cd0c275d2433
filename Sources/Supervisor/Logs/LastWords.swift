/// What a process said before it died: the tail of its output, kept small, looked at only when it is needed.
struct LastWords {
    private var tail: [UInt8] = []
    private static let size = 2048
    private static let shown = 240

    mutating func note(_ chunk: UnsafeRawBufferPointer) {
        if chunk.count >= Self.size {
            tail = Array(chunk.suffix(Self.size))
            return
        }
        tail += chunk
        if tail.count > 2 * Self.size { tail.removeFirst(tail.count - Self.size) }
    }

    mutating func forget() {
        tail = []
    }

    /// The sentence to quote: the last one that tells of an error, else the last one of all. nil: it said nothing.
    func quote() -> String? {
        let lines = tail.split(separator: 0x0A).map { LogLine($0) }
        let line = lines.last { Self.tellsOfAnError($0) } ?? lines.last { !$0.message.allSatisfy { $0 <= 0x20 } }
        guard let line else { return nil }
        let text = String(decoding: line.message.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        return text.count > Self.shown ? text.prefix(Self.shown) + "…" : text
    }

    private static func tellsOfAnError(_ line: LogLine) -> Bool {
        if line.priority.rawValue <= LogPriority.error.rawValue { return true }
        guard !line.isJSON else { return false }
        let text = String(decoding: line.message, as: UTF8.self)
        return ["Fatal error:", "fatal error:", "panic:"].contains { text.contains($0) }
    }
}

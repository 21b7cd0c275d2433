internal import PluginInterface
internal import CLinux

/// Which lines are asked for.
struct LogFilter {
    var since: Int64?
    var until: Int64?
    var pattern: RegularExpression?
    /// This level and everything worse.
    var level: LogPriority?
    var request: String?
    /// Words that a line must have as they stand.
    var text: String?
    /// What else a line must be.
    var isWanted: ((LogLine) -> Bool)?

    /// Whether only some of the lines are wanted.
    var isSelective: Bool { since != nil || until != nil || pattern != nil || level != nil || request != nil }

    func accepts(_ time: Int64) -> Bool {
        if let since, time < since { return false }
        if let until, time > until { return false }
        return true
    }

    /// What does not depend on the time. The cheap questions come first: a line is parsed only when it must be.
    func accepts(_ line: UnsafeRawBufferPointer) -> Bool {
        if let request, !Self.contains(line, request) { return false }
        if let text, !Self.contains(line, text) { return false }
        if let pattern, !pattern.matches(line) { return false }
        guard level != nil || request != nil || isWanted != nil else { return true }
        let parsed = LogLine(Array(line)[...])
        if let level, parsed.priority.rawValue > level.rawValue { return false }
        if let request, parsed.field("request_id")?.text != request { return false }
        return isWanted?(parsed) ?? true
    }

    private static func contains(_ line: UnsafeRawBufferPointer, _ text: String) -> Bool {
        guard let base = line.baseAddress else { return text.isEmpty }
        var text = text
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return true }
            return clinux_find(base, line.count, start, bytes.count) >= 0
        }
    }
}

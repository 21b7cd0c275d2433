internal import PluginInterface
internal import BundleLog
internal import Glibc
internal import ProcessControl
internal import TextFormats

/// Log lines on standard output: for people as the console shows them, or as JSON.
final class LogPrinter {
    private let isJSON: Bool
    private var format: ConsoleFormat
    private var waiting: [UInt8] = []
    private var clock = (second: Int64.min, text: "")
    private let today: CInt

    /// - Parameter width: of the longest watcher's name.
    init(json: Bool, width: Int, colours: Bool = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil) {
        isJSON = json
        format = ConsoleFormat(colours: colours, width: width)
        today = Self.local(Glibc.time(nil)).tm_yday
    }

    func print(_ entry: LogEntry) throws(ClosedOutput) {
        waiting += render(entry)
        if waiting.count >= 64 << 10 { try flush() }
    }

    func render(_ entry: LogEntry) -> [UInt8] {
        guard isJSON else {
            let line = LogLine(entry.line[...])
            return format.render(line, watcher: entry.watcher, clock: time(of: entry))
        }
        if entry.line.first == UInt8(ascii: "{"), JSONFields(entry.line) != nil { return entry.line + [0x0A] }
        var line = JSONLine()
        line.add(
            "time",
            UTCTime(sinceEpoch: entry.time).rfc3339Microseconds)
        line.add("watcher", entry.watcher)
        line.add("msg", String(decoding: entry.line, as: UTF8.self))
        return line.finished()
    }

    func put(_ text: String) throws(ClosedOutput) {
        waiting += text.utf8
        try flush()
    }

    func flush() throws(ClosedOutput) {
        defer { waiting.removeAll(keepingCapacity: true) }
        var start = 0
        while start < waiting.count {
            let count = waiting[start...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                start += count
            } else if count == 0 || errno != EINTR {
                throw ClosedOutput(code: errno)
            }
        }
    }

    /// The time of day, with the date of another day.
    private func time(of entry: LogEntry) -> String {
        let second = entry.time / 1_000_000_000
        if clock.second != second {
            let parts = Self.local(Int(second))
            let date =
                parts.tm_yday == today
                ? "" : "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            clock = (second, "\(date)\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))")
        }
        return clock.text
    }

    private func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func local(_ seconds: Int) -> tm {
        var (seconds, parts) = (time_t(seconds), tm())
        localtime_r(&seconds, &parts)
        return parts
    }
}

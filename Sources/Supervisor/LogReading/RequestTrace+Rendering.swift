internal import PluginInterface
internal import BundleLog
internal import Glibc
internal import TextFormats

// A trace as text and as JSON.

extension RequestTrace {
    private func offset(_ hop: TraceHop) -> Double { Double((hop.began - began) / 1000) / 1000 }

    /// The sentence, then a line for each hop: time, since when the request came in, worker, method, path, status,
    /// duration, its own words.
    var text: String {
        let width = hops.map(\.watcher.count).max() ?? 0
        var lines = [sentence]
        for hop in hops {
            let milliseconds = offset(hop)
            let since = milliseconds < 0 ? "-\(Self.duration(-milliseconds))" : "+\(Self.duration(milliseconds))"
            var parts = [
                Self.clock(hop.began), Self.padded(since, 9),
                hop.watcher + String(repeating: " ", count: width - hop.watcher.count),
            ]
            if let method = hop["method"], let path = hop["path"] {
                parts.append("\(Self.visible(method)) \(Self.visible(path))")
            }
            if let status = hop.status { parts.append("\(status)") }
            if let duration = hop.milliseconds { parts.append(Self.duration(duration)) }
            parts.append(Self.visible(hop.sentence) + (hop.isOwn ? "" : " (the token it came with)"))
            lines.append(parts.joined(separator: "  "))
        }
        return lines.map { "\($0)\n" }.joined()
    }

    var json: [UInt8] {
        var object = JSONLine()
        object.add("request_id", id)
        object.add("outcome", isFailure ? "failed" : "succeeded")
        object.add("sentence", sentence)
        object.add("kind", request.kind.rawValue)
        if let status { object.add("status", status) }
        object.add("at", place)
        if let reason { object.add("reason", reason) }
        if let repository { object.add("repository", repository) }
        if let user { object.add("user", user) }
        if let remote { object.add("remote", remote) }
        if let milliseconds { object.add("duration_ms", milliseconds) }
        object.add(objects: hops.map(json), for: "hops")
        return object.finished()
    }

    private func json(_ hop: TraceHop) -> JSONLine {
        var object = JSONLine()
        object.add(
            "time", UTCTime(sinceEpoch: hop.began).rfc3339Microseconds
        )
        object.add("offset_ms", offset(hop))
        object.add("watcher", hop.watcher)
        for key in ["request_id", "method", "path", "upstream", "user", "repository", "event"] {
            if let value = hop[key] { object.add(key, value) }
        }
        if let status = hop.status { object.add("status", status) }
        if let duration = hop.milliseconds { object.add("duration_ms", duration) }
        object.add("msg", hop.sentence)
        return object
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Paths and sentences may come from a client: a terminal must not obey them.
    private static func visible(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "\u{FFFD}" : $0 }))
    }

    /// `2026-11-24 16:33:01.123`, local.
    static func clock(_ time: Int64) -> String {
        var (seconds, parts) = (time_t(time / 1_000_000_000), tm())
        localtime_r(&seconds, &parts)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = [(Int(parts.tm_year) + 1900, 4), (Int(parts.tm_mon) + 1, 2), (Int(parts.tm_mday), 2)]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { digits(Int($0), 2) }.joined(separator: ":")
        return date.map { digits($0.0, $0.1) }.joined(separator: "-")
            + " \(clock).\(digits(Int(time % 1_000_000_000 / 1_000_000), 3))"
    }
}

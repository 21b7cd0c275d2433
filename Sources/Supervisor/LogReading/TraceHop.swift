internal import PluginInterface

/// One line about a request: what one worker says of it.
struct TraceHop {
    let time: Int64
    let watcher: String
    private let line: LogLine
    /// Whether it belongs to the request itself, and not to the token that was fetched for it before.
    let isOwn: Bool

    init(_ entry: LogEntry, isOwn: Bool = true) {
        time = entry.time
        watcher = entry.watcher
        line = LogLine(entry.line[...])
        self.isOwn = isOwn
    }

    subscript(_ key: String) -> String? {
        guard let text = line.field(key)?.text, !text.isEmpty else { return nil }
        return text
    }

    var sentence: String { String(decoding: line.message, as: UTF8.self) }
    var event: String? { self["event"] }
    var status: Int? { self["status"].flatMap { Int($0) } }
    var milliseconds: Double? { self["duration_ms"].flatMap { Double($0) } }
    var isFailure: Bool { (status ?? 0) >= 400 || event == "denied" || line.priority.rawValue <= 3 }

    /// Whether it frames the others: the line of the proxy about the request as a whole.
    var isFrame: Bool { self["component"] == "proxy" && status != nil && self["method"] != nil }

    /// When it began: lines are written at the end. The duration of a push is that of all its requests.
    var began: Int64 {
        guard let milliseconds, self["method"] != nil || event == "token" else { return time }
        return time - Int64(milliseconds * 1_000_000)
    }

    /// Why it failed, in the worker's words.
    var reason: String? {
        guard isFailure else { return nil }
        if event == "denied" { return Self.after("denied: ", sentence) }
        if event == "token" { return Self.after(": ", sentence) }
        return self["error"] ?? (isFrame ? nil : sentence)
    }

    /// Who it was, by a field or by the sentence of a refusal: "user ci may pull …".
    var user: String? {
        if let user = self["user"] { return user }
        guard event == "denied", let rest = Self.after("denied: user ", sentence) else { return nil }
        return Self.before(" may ", rest)
    }

    private static func after(_ mark: String, _ text: String) -> String? {
        text.firstRange(of: mark).map { String(text[$0.upperBound...]) }
    }

    private static func before(_ mark: String, _ text: String) -> String? {
        text.firstRange(of: mark).map { String(text[..<$0.lowerBound]) }
    }
}

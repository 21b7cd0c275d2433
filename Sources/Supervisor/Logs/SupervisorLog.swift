internal import BundleLog
internal import TextFormats

/// The supervisor's own log: sentences through the relay, as the watcher "dockmaster".
struct SupervisorLog {
    let relay: LogRelay

    func info(_ sentence: String, _ fields: [(String, String)] = []) {
        relay.post(.record(Self.line("info", sentence, fields)))
    }

    func warning(_ sentence: String, _ fields: [(String, String)] = []) {
        relay.post(.record(Self.line("warning", sentence, fields)))
    }

    func error(_ sentence: String, _ fields: [(String, String)] = []) {
        relay.post(.record(Self.line("error", sentence, fields)))
    }

    static func line(_ level: String, _ sentence: String, _ fields: [(String, String)]) -> [UInt8] {
        var line = JSONLine()
        line.add("time", UTCTime.now().rfc3339Microseconds)
        line.add("level", level)
        line.add("msg", sentence)
        line.add("component", "dockmaster")
        for (key, value) in fields { line.add(key, value) }
        return line.finished()
    }
}

internal import Glibc
internal import PluginInterface

/// A log line as people read it: `registry  16:33:01 info   pushed team/app:1.4  request_id=…`, the watcher first.
struct ConsoleFormat {
    let colours: Bool
    /// How wide the watchers' names are padded.
    var width = 10

    /// What the sentence or the prefix says already, and what only a closer look needs: the file and the journal have it.
    private static let hidden: Set<String> = [
        "component", "event", "watcher", "instance", "method", "path", "status", "duration_ms", "bytes", "bytes_in",
        "digest", "repository", "user", "upstream", "upstream_ms", "tls", "protocol", "user_agent",
    ]
    private static let palette = [36, 32, 35, 34, 33, 96, 92, 95]

    /// - Parameter clock: the time of day, "16:33:01".
    func render(_ line: LogLine, watcher: String, clock: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(line.message.count + 64)
        let padding = String(repeating: " ", count: max(0, width - watcher.count))
        out += paint(watcher, Self.palette[colour(of: watcher)]).utf8
        out += "\(padding)  \(clock) ".utf8
        out += paint(line.priority.word, levelColour(line.priority)).utf8
        out += String(repeating: " ", count: 6 - line.priority.word.count).utf8
        guard line.isJSON else { return out + line.message + [0x0A] }
        appendVisible(line.message, to: &out)
        for (key, value) in line.fields where !Self.hidden.contains(key) {
            out += "  ".utf8
            out += paint("\(key)=", 2).utf8
            let bytes = value.bytes
            let quoted = bytes.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") } || bytes.isEmpty
            if quoted { out.append(UInt8(ascii: "\"")) }
            appendVisible(bytes, to: &out)
            if quoted { out.append(UInt8(ascii: "\"")) }
        }
        out.append(0x0A)
        return out
    }

    /// Control characters in a JSON string may come from a client: a terminal must not obey them.
    private func appendVisible(_ bytes: [UInt8], to out: inout [UInt8]) {
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F {
                out += "\\x".utf8
                out += [Self.hex[Int(byte >> 4)], Self.hex[Int(byte & 15)]]
            } else {
                out.append(byte)
            }
        }
    }

    private static let hex = Array("0123456789abcdef".utf8)

    private func paint(_ text: String, _ code: Int?) -> String {
        guard colours, let code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    private func colour(of watcher: String) -> Int {
        watcher.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % Self.palette.count
    }

    private func levelColour(_ priority: LogPriority) -> Int? {
        switch priority {
        case .emergency, .alert, .critical, .error: 31
        case .warning: 33
        case .notice, .info: nil
        case .debug: 2
        }
    }
}

internal import PluginInterface

/// A line for journald: `NAME=value` fields.
/// - Source: systemd.journal-fields(7): names are A–Z, 0–9 and _, at most 64 characters, not beginning with _ or a digit.
struct JournalEntry: Sendable {
    let fields: [[UInt8]]

    init(_ line: LogLine, watcher: String, instance: Int) {
        var fields = [
            Array("MESSAGE=".utf8) + line.message,
            Array("PRIORITY=\(line.priority.rawValue)".utf8),
            Array("SYSLOG_IDENTIFIER=\(Self.identifier(watcher))".utf8),
            Array("DOCKMASTER_WATCHER=\(watcher)".utf8),
            Array("DOCKMASTER_INSTANCE=\(instance)".utf8),
        ]
        for (key, value) in line.fields {
            guard let name = Self.name(key), name != "DOCKMASTER_WATCHER", name != "DOCKMASTER_INSTANCE" else {
                continue
            }
            fields.append(Array("\(name)=".utf8) + value.bytes)
        }
        self.fields = fields
    }

    private static func name(_ key: String) -> String? {
        let letters = key.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        guard !letters.isEmpty, letters.count <= 53 else { return nil }
        return "DOCKMASTER_" + String(decoding: letters, as: UTF8.self)
    }

    /// The names of the binaries; the supervisor's own lines come from `dockmaster`.
    private static func identifier(_ watcher: String) -> String {
        watcher == "dockmaster" ? watcher : "dockmaster-\(watcher)"
    }
}

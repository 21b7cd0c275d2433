internal import PluginInterface

/// One line of a watcher's output, understood as far as it can be: JSON with a message and fields, or text.
struct LogLine {
    let priority: LogPriority
    /// The sentence: "msg" of a JSON line, else the line itself without its `<N>` prefix. Bytes, for it may not be UTF-8.
    let message: [UInt8]
    /// The other members of a JSON line, in order, without time, level and message.
    let fields: [(key: String, value: JSONFields.Value)]
    let isJSON: Bool

    /// - Parameter line: without its newline.
    init(_ line: ArraySlice<UInt8>) {
        let json = line.first == UInt8(ascii: "{") ? JSONFields(line) : nil
        if let json, let message = json["msg"] ?? json["message"] {
            priority = LogPriority(level: json["level"]?.text ?? "info")
            self.message = message.bytes
            fields = json.members.filter { !["time", "level", "msg", "message"].contains($0.key) }
            isJSON = true
        } else {
            let prefixed = LogPriority.prefix(of: line)
            priority = prefixed?.0 ?? json?["level"].map { LogPriority(level: $0.text) } ?? .info
            message = Array(prefixed?.rest ?? line)
            fields = []
            isJSON = false
        }
    }

    func field(_ key: String) -> JSONFields.Value? {
        fields.first { $0.key == key }?.value
    }
}

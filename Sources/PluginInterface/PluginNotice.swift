/// What a plugin is told, one JSON object a line. The members stand in the order of the design.
package enum PluginNotice: Sendable, Equatable {
    /// The first line. Settings travel here and nowhere else; they are one JSON object's text.
    case hello(settings: String, window: Int)
    case event(seq: Int, SupervisorEvent)
    case result(id: String, Refused?)
    /// Events that were dropped since the last one.
    case gap(missed: Int)
    case bye(within: Duration)

    /// Why a command was not obeyed, and what to do.
    package struct Refused: Sendable, Equatable {
        package var problem: String
        package var remedy: String

        package init(_ problem: String, remedy: String) {
            self.problem = problem
            self.remedy = remedy
        }
    }

    /// The line with its newline.
    package var line: [UInt8] { Array((text + "\n").utf8) }

    private var text: String {
        switch self {
        case .hello(let settings, let window):
            // On one line, whoever wrote them: a newline within JSON is only space.
            let line = String(decoding: settings.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }, as: UTF8.self)
            return #"{"v":1,"type":"hello","settings":\#(line),"window":\#(window)}"#
        case .event(let seq, let event):
            var text = #"{"type":"event","seq":\#(seq),"kind":\#(Self.quoted(event.kind.rawValue))"#
            if let watcher = event.watcher { text += #","watcher":\#(Self.quoted(watcher))"# }
            if let instance = event.instance { text += #","instance":\#(instance)"# }
            return text + #","fields":\#(Self.object(Self.fields(of: event)))}"#
        case .result(let id, nil): return #"{"type":"result","id":\#(Self.quoted(id)),"ok":true}"#
        case .result(let id, let refused?):
            return #"{"type":"result","id":\#(Self.quoted(id)),"ok":false,"problem":\#(Self.quoted(refused.problem))"#
                + #","remedy":\#(Self.quoted(refused.remedy))}"#
        case .gap(let missed): return #"{"type":"gap","missed":\#(missed)}"#
        case .bye(let duration):
            let (seconds, rest) = duration.components
            return #"{"type":"bye","within_s":\#(rest > 0 ? seconds + 1 : seconds)}"#
        }
    }

    /// The pid travels among the fields, where there is one.
    private static func fields(of event: SupervisorEvent) -> [String: String] {
        var fields = event.fields
        if let pid = event.pid { fields["pid"] = "\(pid)" }
        return fields
    }

    private static func object(_ members: [String: String]) -> String {
        let sorted = members.sorted { $0.key < $1.key }
        return "{" + sorted.map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",") + "}"
    }

    /// Source: RFC 8259, section 7.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..<" ":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

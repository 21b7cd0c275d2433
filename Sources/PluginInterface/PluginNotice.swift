internal import TextFormats

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
            var text = #"{"type":"event","seq":\#(seq),"kind":\#(JSONString.quoted(event.kind.rawValue))"#
            if let watcher = event.watcher { text += #","watcher":\#(JSONString.quoted(watcher))"# }
            if let instance = event.instance { text += #","instance":\#(instance)"# }
            return text + #","fields":\#(Self.object(Self.fields(of: event)))}"#
        case .result(let id, nil): return #"{"type":"result","id":\#(JSONString.quoted(id)),"ok":true}"#
        case .result(let id, let refused?):
            return
                #"{"type":"result","id":\#(JSONString.quoted(id)),"ok":false,"problem":\#(JSONString.quoted(refused.problem))"#
                + #","remedy":\#(JSONString.quoted(refused.remedy))}"#
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
        return "{" + sorted.map { "\(JSONString.quoted($0.key)):\(JSONString.quoted($0.value))" }.joined(separator: ",")
            + "}"
    }
}

/// How a word looks on a terminal. Source: ECMA-48, "Select Graphic Rendition".
enum TextStyle: Equatable {
    case plain, bold, faint, good, warning, bad, reversed

    private var code: String {
        switch self {
        case .plain: "0"
        case .bold: "1"
        case .faint: "2"
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        case .reversed: "7"
        }
    }

    func apply(_ text: String, _ colours: Bool) -> String {
        colours && self != .plain && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// What a watcher's state looks like.
    static func state(_ word: String) -> TextStyle {
        switch word {
        case "running", "finished": .good
        case "failed": .bad
        case "backoff", "starting", "stopping", "waiting", "reloading": .warning
        default: .faint
        }
    }
}

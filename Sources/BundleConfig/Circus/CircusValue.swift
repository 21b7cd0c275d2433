/// Circus's ways to write a value.
enum CircusValue {
    /// nil for anything that is neither.
    static func flag(_ text: String) -> Bool? {
        switch text.trimmedText.lowercased() {
        case "yes", "true", "on", "1": true
        case "no", "false", "off", "0": false
        default: nil
        }
    }

    /// Seconds, possibly with a fraction, as a duration of ours: `30` → `30s`, `0.5` → `500ms`.
    static func seconds(_ text: String) -> String? {
        let trimmed = text.trimmedText
        if let whole = Int(trimmed) { return whole >= 0 ? "\(whole)s" : nil }
        guard let seconds = Double(trimmed), seconds >= 0, seconds < 1e9 else { return nil }
        let milliseconds = Int((seconds * 1_000).rounded())
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
    }

    /// A plugin's setting with the type that Python would read into it.
    static func typed(_ text: String) -> ConfigurationNode {
        if Int(text) != nil { return ConfigurationNode(.scalar(text, plain: true)) }
        if text.wholeMatch(of: #/-?[0-9]+\.[0-9]+/#) != nil { return ConfigurationNode(.scalar(text, plain: true)) }
        switch text.lowercased() {
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: return .string(text)
        }
    }
}

extension String {
    var trimmedText: String { String(self[...].trimmed) }
}

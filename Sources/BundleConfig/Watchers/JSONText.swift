internal import TextFormats

/// A node as JSON text: numbers, true, false and null as such when unquoted, every other scalar a string.
enum JSONText {
    static func of(_ node: ConfigurationNode) -> String {
        switch node.value {
        case .null: "null"
        case .scalar(let text, let plain): plain && isLiteral(text) ? text : JSONString.quoted(text)
        case .sequence(let nodes): "[\(nodes.map(of).joined(separator: ","))]"
        case .mapping(let entries):
            "{\(entries.map { "\(JSONString.quoted($0.key)):\(of($0.value))" }.joined(separator: ","))}"
        }
    }

    /// Whether an unquoted text is a JSON literal as it stands. RFC 8259, 6: no leading zeros, no plus sign.
    private static func isLiteral(_ text: String) -> Bool {
        if text == "true" || text == "false" { return true }
        return text.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/#) != nil
    }
}

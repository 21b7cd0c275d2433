/// `{domain}`, `{data_root}` and the like in a pillar's texts.
struct PillarPlaceholders {
    let values: [String: String]

    /// The text with every known placeholder replaced. `${account}` of an ACL is not one.
    /// - Parameter unknown: called with each placeholder that has no value; it stays in the text.
    func expand(_ text: String, unknown: (String) -> Void = { _ in }) -> String {
        guard text.contains("{") else { return text }
        var result = ""
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            let isVariable = brace > text.startIndex && text[text.index(before: brace)] == "$"
            result += rest[..<brace]
            rest = rest[brace...].dropFirst()
            let name = rest.prefix { $0 == "_" || ($0.isASCII && $0.isLowercase) }
            guard !isVariable, !name.isEmpty, rest.dropFirst(name.count).first == "}" else {
                result.append("{")
                continue
            }
            if let value = values[String(name)] {
                result += value
            } else {
                unknown(String(name))
                result += "{\(name)}"
            }
            rest = rest.dropFirst(name.count + 1)
        }
        return result + rest
    }
}

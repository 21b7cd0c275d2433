/// The Jinja that a pillar may hold: `{{salt['mc_utils.generate_stored_password']('NAME')}}`, and nothing else.
///
/// It becomes a mark in the text, on the same line, which the reader finds again as a user's password. Marks are made of
/// private-use characters, so that no text a person writes can be one.
enum SaltTemplate {
    private static let begin = "\u{E000}"
    private static let end = "\u{E001}"

    /// The text with every stored password marked.
    /// - Throws: every other piece of Jinja, with its line.
    static func resolve(_ text: String, file: String?) throws(ConfigurationErrors) -> String {
        var errors: [ConfigurationError] = []
        var lines: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            lines.append(resolve(line, number: index + 1, file: file, errors: &errors))
        }
        if !errors.isEmpty { throw ConfigurationErrors(errors) }
        return lines.joined(separator: "\n")
    }

    /// The name of the stored password that a scalar stands for; nil for any other text.
    static func storedPassword(_ text: String) -> String? {
        let trimmed = text.filter { !$0.isWhitespace }
        guard trimmed.hasPrefix(begin), trimmed.hasSuffix(end) else { return nil }
        let name = String(trimmed.dropFirst().dropLast())
        return name.contains(begin) ? nil : name
    }

    static func holdsMark(_ text: String) -> Bool {
        text.contains(begin)
    }

    private static func resolve(
        _ line: Substring, number: Int, file: String?, errors: inout [ConfigurationError]
    ) -> String {
        let isComment = line.first { !$0.isWhitespace } == "#"
        var result = ""
        var rest = line
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if rest.hasPrefix("{%") || rest.hasPrefix("{#") {
                errors.append(refusal(rest, number: number, file: file))
                return result
            }
            guard rest.hasPrefix("{{"), !isComment else {
                result.append("{")
                rest = rest.dropFirst()
                continue
            }
            guard let close = rest.firstRange(of: "}}"), let name = storedName(in: rest[..<close.upperBound]) else {
                errors.append(refusal(rest, number: number, file: file))
                return result
            }
            result += begin + name + end
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private static func refusal(_ rest: Substring, number: Int, file: String?) -> ConfigurationError {
        let piece = rest.firstRange(of: rest.hasPrefix("{{") ? "}}" : rest.hasPrefix("{%") ? "%}" : "#}")
        let shown = rest[..<(piece?.upperBound ?? rest.endIndex)].prefix(80)
        return ConfigurationError(
            file: file, line: number, key: "", problem: "holds Jinja that dockmaster does not run: \(shown)",
            remedy: "Write the value itself; only {{salt['mc_utils.generate_stored_password']('NAME')}} is known")
    }

    /// NAME of `{{ salt['mc_utils.generate_stored_password']('NAME') }}`, with either quote and any spaces.
    private static func storedName(in expression: Substring) -> String? {
        let tight = expression.dropFirst(2).dropLast(2).filter { $0 != " " && $0 != "\t" }
            .replacing("\"", with: "'")
        let prefix = "salt['mc_utils.generate_stored_password']('"
        guard tight.hasPrefix(prefix), tight.hasSuffix("')") else { return nil }
        let name = tight.dropFirst(prefix.count).dropLast(2)
        let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        return allowed && !name.isEmpty && name.first != "." ? String(name) : nil
    }
}

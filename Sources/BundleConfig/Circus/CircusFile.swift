/// A circus .ini, its includes merged, as circus itself reads it.
///
/// Keys are case-sensitive, and the first definition of a key wins, over all files. A section may go on in another file.
/// Source: circus 0.19, `circus.util.StrictConfigParser`.
struct CircusFile {
    /// A value and where it stands.
    struct Value {
        var text: String
        let file: String
        let line: Int
    }

    struct Section {
        let name: String
        let file: String
        let line: Int
        var entries: [(key: String, value: Value)] = []

        subscript(_ key: String) -> Value? { entries.first { $0.key == key }?.value }
    }

    /// In the order they appear.
    private(set) var sections: [Section] = []
    private(set) var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()

    /// Whether a text is a circus configuration rather than YAML.
    static func isOne(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            line.hasPrefix("[circus]") || line.hasPrefix("[watcher:") && line.contains("]")
        }
    }

    init(_ text: String, file: String) {
        take(text, file: file)
        let folder = FilePath.parent(of: file)
        var patterns: [(pattern: String, value: Value)] = []
        for (key, suffix) in [("include", ""), ("include_dir", "/*.ini")] {
            guard let value = self["circus"]?[key] else { continue }
            for word in value.text.split(whereSeparator: \.isWhitespace) { patterns.append((word + suffix, value)) }
        }
        for (pattern, value) in patterns {
            let matches = IncludeReader.matches(FilePath.absolute(pattern, from: folder))
            if matches.isEmpty {
                warnings.append(
                    error(
                        value, "circus.include", "matches no file (\(pattern))",
                        "Paths are relative to the folder of the main file"))
            }
            for match in matches {
                do throws(DiskError) {
                    take(try PrivateFile.read(match), file: match)
                } catch {
                    problems.add([self.error(value, "circus.include", error.problem, error.remedy)])
                }
            }
        }
        addDefaults()
    }

    subscript(_ name: String) -> Section? { sections.first { $0.name == name } }

    /// The sections of a kind (`watcher`), by what stands behind the colon. Empty ones are not there.
    func sections(of kind: String) -> [(name: String, section: Section)] {
        sections.filter { $0.name.hasPrefix(kind + ":") && !$0.entries.isEmpty }
            .map { (String($0.name.dropFirst(kind.count + 1)), $0) }
    }

    func error(_ value: Value, _ key: String, _ problem: String, _ remedy: String) -> ConfigurationError {
        ConfigurationError(file: value.file, line: value.line, key: key, problem: problem, remedy: remedy)
    }

    // MARK: Reading

    private mutating func take(_ text: String, file: String) {
        var current: Int?
        /// Where a line that is indented goes on; nil behind a key that was defined before.
        var open: Int?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let trimmed = line.trimmed
            guard let first = line.first, !trimmed.isEmpty, first != "#", first != ";" else { continue }
            // Circus's own parser still knows this kind of comment.
            if line.split(whereSeparator: \.isWhitespace).first?.lowercased() == "rem", !first.isWhitespace { continue }
            if let section = current, first.isWhitespace {
                if let open { sections[section].entries[open].value.text += "\n" + trimmed }
                continue
            }
            if first == "[", let end = line.lastIndex(of: "]"), end > line.index(after: line.startIndex) {
                current = place(of: String(line[line.index(after: line.startIndex)..<end]), file, index + 1)
                open = nil
                continue
            }
            guard let section = current, let delimiter = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                problems.add([
                    ConfigurationError(
                        file: file, line: index + 1, key: "",
                        problem: current == nil
                            ? "stands before the first [section]" : "is neither key = value nor a section",
                        remedy: "Write a section such as [watcher:web] and `key = value` lines")
                ])
                continue
            }
            let key = String(line[..<delimiter].trimmed)
            open = nil
            guard sections[section][key] == nil else { continue }
            open = sections[section].entries.count
            let value = Self.uncommented(line[line.index(after: delimiter)...])
            sections[section].entries.append((key, Value(text: value, file: file, line: index + 1)))
        }
    }

    private mutating func place(of name: String, _ file: String, _ line: Int) -> Int {
        if let index = sections.firstIndex(where: { $0.name == name }) { return index }
        sections.append(Section(name: name, file: file, line: line))
        return sections.count - 1
    }

    /// `;` begins a comment behind a space; only the first one counts. `""` is the empty text.
    private static func uncommented(_ text: Substring) -> String {
        var value = text
        if let semicolon = text.firstIndex(of: ";"), semicolon > text.startIndex,
            text[text.index(before: semicolon)].isWhitespace
        {
            value = text[..<semicolon]
        }
        let trimmed = value.trimmed
        return trimmed == "\"\"" ? "" : String(trimmed)
    }

    /// `[DEFAULT]` holds for every other section.
    private mutating func addDefaults() {
        guard let defaults = self["DEFAULT"] else { return }
        sections.removeAll { $0.name == "DEFAULT" }
        for index in sections.indices where !sections[index].entries.isEmpty {
            for (key, value) in defaults.entries where sections[index][key] == nil {
                sections[index].entries.append((key, value))
            }
        }
    }
}

extension Substring {
    /// Without the white space at both ends.
    var trimmed: Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

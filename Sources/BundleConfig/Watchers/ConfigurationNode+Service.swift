// Values that watchers, sockets and plugins share.

extension ConfigurationNode {
    /// A program and its arguments: a list, or one text that is split as a shell would.
    func command() throws(ConfigurationError) -> [String] {
        let words = try self.words()
        guard let program = words.first, !program.isEmpty else {
            throw refused("names no program", remedy: "Write a program and its arguments")
        }
        return words
    }

    /// Words that may be none.
    func words() throws(ConfigurationError) -> [String] {
        if isSequence { return try strings() }
        let text = try string()
        do {
            return try ShellWords.split(text)
        } catch {
            throw refused("cannot be split into words: \(error.problem)", remedy: "Close it, or write a list of words")
        }
    }

    /// One of an enumeration's names.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ type: Value.Type
    ) throws(ConfigurationError) -> Value where Value.RawValue == String {
        let text = try string()
        guard let value = Value(rawValue: text) else { throw unknown(text, among: Value.allCases.map(\.rawValue)) }
        return value
    }

    /// An error for a value that is none of those known.
    func unknown(_ text: String, among known: [String]) -> ConfigurationError {
        let near = EditDistance.nearest(to: text, among: known)
        return refused(
            "is \"\(text)\", which is not known here",
            remedy: near.map { "Did you mean \($0)?" }
                ?? (known.isEmpty ? "None is defined" : "Known: \(known.joined(separator: ", "))"))
    }

    /// Permission bits in octal: `022`, `"0660"`, `0o660`.
    func octal() throws(ConfigurationError) -> UInt32 {
        let text = try string()
        let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
        guard let bits = UInt32(digits, radix: 8), bits <= 0o7777 else {
            throw refused("is \"\(text)\", which are not permission bits", remedy: "Write octal digits, such as 022")
        }
        return bits
    }

    func integer(in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        let number = try integer()
        guard range.contains(number) else {
            let limits =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw refused("is \(number)", remedy: "Write a number of \(limits)")
        }
        return number
    }

    /// A duration longer than zero.
    func interval() throws(ConfigurationError) -> Duration {
        let duration = try duration()
        guard duration > .zero else { throw refused("is no time at all", remedy: "Write a duration such as 10s") }
        return duration
    }

    /// A path, absolute or from the folder of the file that names it. `~` is a name like any other.
    func filePath() throws(ConfigurationError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw refused("is empty", remedy: "Give it a path or remove the key") }
        return FilePath.absolute(text, from: folder)
    }

    /// The folder of the file that this stands in.
    var folder: String {
        file.map { FilePath.absolute(FilePath.parent(of: $0), from: FilePath.workingFolder()) }
            ?? FilePath.workingFolder()
    }

    func signal() throws(ConfigurationError) -> Int32 {
        let text = try string()
        guard let number = SignalText.parse(text) else { throw unknown(text, among: SignalText.names.map(\.name)) }
        return number
    }

    /// `none`, `unlimited` or −1 in the place of a number.
    var isUnlimited: Bool {
        guard let text = try? string() else { return false }
        return ["none", "unlimited", "infinity", "-1"].contains(text.lowercased())
    }

    /// Names of an environment and their values.
    func environment() throws -> [String: String] {
        var result: [String: String] = [:]
        let problems = ConfigurationProblems()
        for (name, value) in try mapping() {
            problems.attempt {
                guard !name.isEmpty, !name.contains("="), !name.contains("\0") else {
                    throw value.refused("cannot be the name of a variable", remedy: "Write a name such as LANG")
                }
                let text = value.isNull ? "" : try value.string()
                guard !text.contains("\0") else {
                    throw value.refused("holds a zero byte", remedy: "Write it as base64, or keep it in a file")
                }
                result[name] = text
            }
        }
        try problems.check()
        return result
    }

    /// A list of names; one alone may stand without the list.
    func names() throws(ConfigurationError) -> [ConfigurationNode] {
        isScalar ? [self] : try sequence()
    }

    /// Refuses names that could not stand in a path, an address or LISTEN_FDNAMES.
    func checkName(_ name: String, of what: String) throws(ConfigurationError) {
        let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-@+".contains($0)) }
        guard allowed, !name.isEmpty, name.first != ".", name.first != "-", name.utf8.count <= 64 else {
            throw refused(
                "cannot be the name of a \(what)",
                remedy: "Use letters, digits and . _ - @ +, at most 64, not beginning with . or -")
        }
    }
}

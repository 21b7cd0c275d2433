/// One thing in a configuration that is refused: what, where, and what to do about it.
///
/// Never holds a secret: `problem` names keys and shapes, not the values of secret keys.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file it stands in; nil for a value from the command line or the environment.
    package var file: String?
    /// The line, from 1; nil when unknown.
    package var line: Int?
    /// The path of keys, such as `proxy.listen[0].port`; empty for the document as a whole.
    package var key: String
    /// What is wrong, as the end of a sentence that begins with the key.
    package var problem: String
    /// What to do, as a sentence without its full stop.
    package var remedy: String

    package init(file: String? = nil, line: Int? = nil, key: String, problem: String, remedy: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    /// `/etc/dockmaster.yaml:12: users.admin.password: is empty. Give it a password or remove the user.`
    package var description: String {
        var place = file ?? ""
        if let line { place += place.isEmpty ? "line \(line)" : ":\(line)" }
        let location = [place, key].filter { !$0.isEmpty }.joined(separator: ": ")
        let what = location.isEmpty ? problem : "\(location): \(problem)"
        if remedy.isEmpty { return "\(what)." }
        return "\(what). \(remedy)\(remedy.hasSuffix("?") ? "" : ".")"
    }
}

/// Everything that is wrong with a configuration, found in one reading. Never empty.
package struct ConfigurationErrors: Error, Equatable, Sendable, CustomStringConvertible {
    package var errors: [ConfigurationError]

    package init(_ errors: [ConfigurationError]) {
        self.errors = errors
    }

    /// One line for each error.
    package var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}

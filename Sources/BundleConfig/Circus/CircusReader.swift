import FoundationEssentials

/// Translates a circus .ini into a document of ours with `bundle: false`, which is then read like any other.
///
/// Nodes keep their place in the .ini, so that whatever is refused later names its file and line. What has no equivalent
/// is a warning that names the key and says what to do.
/// Source: circus 0.19, `circus.config.get_config`.
struct CircusReader {
    let file: CircusFile
    /// What `$(circus.env.NAME)` finds besides [env].
    let processEnvironment: [String: String]
    var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()

    init(_ text: String, file path: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
        file = CircusFile(text, file: path)
        processEnvironment = environment
        warnings = file.warnings
        problems.add(file.problems.errors)
    }

    /// [env]: for every watcher, its own placeholders replaced from the process's environment.
    var environment: [(key: String, value: String)] {
        let placeholders = CircusPlaceholders(environment: processEnvironment)
        return file["env"]?.entries.map { ($0.key, placeholders.expand($0.value.text)) } ?? []
    }

    /// What placeholders mean in every section.
    var placeholders: CircusPlaceholders {
        CircusPlaceholders(
            environment: processEnvironment.merging(environment.map { ($0.key, $0.value) }) { $1 })
    }

    /// The environment of a watcher's process, `copy_env` left out: [env], then each [env:…] that matches, in order.
    func environment(of watcher: String) -> [(key: String, value: String)] {
        var result = environment
        for (patterns, section) in file.sections(of: "env") {
            let globs = patterns.split(separator: ",").map { String($0.trimmed) }
            guard globs.contains(where: { CircusGlob.matches(watcher, $0) }) else { continue }
            for (key, value) in section.entries {
                if let index = result.firstIndex(where: { $0.key == key }) {
                    result[index].value = value.text
                } else {
                    result.append((key, value.text))
                }
            }
        }
        return result
    }

    /// The document. Whatever is wrong is in `problems`.
    mutating func document() -> ConfigurationNode {
        let placeholders = placeholders
        var pairs: [(String, ConfigurationNode)] = [("bundle", .bool(false))]
        let supervisor = supervisorSection(placeholders)
        if !supervisor.keys.isEmpty { pairs.append(("supervisor", supervisor)) }
        let sockets = socketsSection(placeholders)
        if !sockets.keys.isEmpty { pairs.append(("sockets", sockets)) }
        let shared = environment
        if !shared.isEmpty { pairs.insert(("env", .mapping(shared.map { ($0.key, .string($0.value)) })), at: 1) }
        var watchers: [(String, ConfigurationNode)] = []
        // Circus sorts them by name before it sorts by priority.
        for (name, section) in file.sections(of: "watcher").sorted(by: { $0.name < $1.name }) {
            var reader = CircusWatcherReader(
                name: name, section: section, environment: environment(of: name), base: placeholders,
                processEnvironment: processEnvironment, sockets: sockets.keys)
            watchers.append((name, reader.node(shared: shared)))
            warnings += reader.warnings
            problems.add(reader.problems.errors)
        }
        pairs.append(("watchers", .mapping(watchers)))
        let plugins = pluginsSection(placeholders)
        if !plugins.keys.isEmpty { pairs.append(("plugins", plugins)) }
        for section in file.sections where !Self.isKnown(section.name) {
            warnings.append(
                ConfigurationError(
                    file: section.file, line: section.line, key: "[\(section.name)]",
                    problem: "is not a section of circus",
                    remedy: "Remove it, or correct its name"))
        }
        var root = ConfigurationNode.mapping(pairs)
        root.file = file.sections.first?.file
        return root
    }

    private static func isKnown(_ name: String) -> Bool {
        ["circus", "env"].contains(name)
            || ["watcher:", "socket:", "env:", "plugin:"].contains { name.hasPrefix($0) }
    }

    /// A value of a section as a node of ours.
    static func node(_ text: String, _ value: CircusFile.Value, _ key: String, plain: Bool = false) -> ConfigurationNode
    {
        ConfigurationNode(.scalar(text, plain: plain), path: key, line: value.line, file: value.file)
    }
}

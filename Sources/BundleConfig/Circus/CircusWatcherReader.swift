/// Translates one `[watcher:NAME]`.
struct CircusWatcherReader {
    /// Keys that stand as they are.
    private static let texts = ["uid", "gid", "stop_signal", "stdin_socket", "shell_args"]
    private static let flags = [
        "on_demand", "shell", "send_hup", "stop_children", "singleton", "copy_env", "autostart", "respawn",
    ]
    private static let numbers = ["numprocesses", "priority", "max_retry"]
    private static let durations = ["warmup_delay", "graceful_timeout", "max_age", "max_age_variance"]
    private static let unequalled = [
        "executable": "Name the program itself in cmd",
        "copy_path": "Set PYTHONPATH below env",
        "virtualenv_py_ver": "Name the virtualenv's own python in cmd",
        "loglevel": "Nothing need be done",
    ]

    let name: String
    let section: CircusFile.Section
    let sockets: [String]
    let environment: [(key: String, value: String)]
    let base: CircusPlaceholders
    /// With this watcher's own environment.
    let placeholders: CircusPlaceholders
    var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()
    var pairs: [(String, ConfigurationNode)] = []

    init(
        name: String, section: CircusFile.Section, environment: [(key: String, value: String)],
        base: CircusPlaceholders, processEnvironment: [String: String], sockets: [String]
    ) {
        self.name = name
        self.section = section
        self.sockets = sockets
        self.environment = environment
        self.base = base
        placeholders = CircusPlaceholders(
            environment: processEnvironment.merging(environment.map { ($0.key, $0.value) }) { $1 })
    }

    /// The key's path in messages: `watcher:web.cmd`.
    func path(_ key: String) -> String { "watcher:\(name).\(key)" }

    func text(_ key: String) -> String? { section[key].map { placeholders.expand($0.text) } }

    /// - Parameter shared: what every watcher gets by `env:` already.
    mutating func node(shared: [(key: String, value: String)] = []) -> ConfigurationNode {
        readCommand()
        for (key, value) in section.entries { read(key, value) }
        readStreams()
        readEnvironment(shared)
        readOptions()
        var node = ConfigurationNode.mapping(pairs)
        (node.path, node.file, node.line) = ("watcher:\(name)", section.file, section.line)
        return node
    }

    mutating func add(_ key: String, _ node: ConfigurationNode, at place: CircusFile.Value, _ spelled: String? = nil) {
        var node = node
        (node.path, node.file, node.line) = (path(spelled ?? key), place.file, place.line)
        pairs.append((key, node))
    }

    mutating func warn(_ value: CircusFile.Value, _ key: String, _ problem: String, _ remedy: String) {
        warnings.append(
            ConfigurationError(
                file: value.file, line: value.line, key: path(key), problem: problem, remedy: remedy))
    }

    private func refuse(_ value: CircusFile.Value, _ key: String, _ problem: String, _ remedy: String) {
        problems.add([
            ConfigurationError(file: value.file, line: value.line, key: path(key), problem: problem, remedy: remedy)
        ])
    }

    // MARK: Command

    private mutating func readCommand() {
        guard let command = section["cmd"] else { return }
        let isShell = text("shell").flatMap(CircusValue.flag) ?? false
        for key in ["cmd", "args", "shell_args"] {
            guard let value = section[key], key != "shell_args" || isShell else { continue }
            let text = commandPlaceholders.expand(placeholders.expand(value.text))
            guard key != "args" || !text.isEmpty else { continue }
            do throws(ShellWords.Unfinished) {
                let words = try ShellWords.split(text, .shlex)
                let reads = isShell && key != "shell_args" || (try? ShellWords.split(text)) == words
                add(key, reads ? .string(text) : .list(words.map { .string($0) }), at: value)
            } catch {
                refuse(value, key, "cannot be split into words: \(error.problem)", "Close it")
            }
        }
        if let words = section["shell_args"], !isShell {
            warn(words, "shell_args", "means nothing without shell = True", "Remove it")
        }
        _ = command
    }

    /// A command may name any option of its watcher; `wid` and the sockets are known only when it starts.
    private var commandPlaceholders: CircusPlaceholders {
        var result = base
        result["name"] = name
        for (key, value) in section.entries where key != "cmd" && key != "args" && !key.hasPrefix("env.") {
            result[key] = placeholders.expand(value.text)
        }
        return result
    }

    // MARK: Keys

    private mutating func read(_ key: String, _ value: CircusFile.Value) {
        let text = placeholders.expand(value.text)
        switch key {
        case "cmd", "args", "shell_args": return
        case "working_dir":
            add(key, .string(FilePath.absolute(text, from: FilePath.parent(of: value.file))), at: value)
        case "use_sockets":
            flag(key, text, value) { reader, on in
                if on { reader.add("sockets", .list(reader.sockets.map { .string($0) }), at: value, key) }
            }
        case "close_child_stdin":
            flag(key, text, value) { reader, on in
                if !on {
                    reader.warn(
                        value, key, "has no equivalent: standard input is empty", "Use stdin_socket, or a file in cmd")
                }
            }
        case "close_child_stdout", "close_child_stderr":
            flag(key, text, value) { reader, on in
                let stream = String(key.dropFirst("close_child_".count))
                if on { reader.add(stream, .string("discard"), at: value, key) }
            }
        case "virtualenv": return
        case "stdin_socket": add(key, .string(text.lowercased()), at: value)
        case _ where Self.texts.contains(key): add(key, .string(text), at: value)
        case _ where Self.flags.contains(key): flag(key, text, value) { $0.add(key, .bool($1), at: value) }
        case _ where Self.numbers.contains(key): number(key, text, value)
        case _ where Self.durations.contains(key):
            guard let seconds = CircusValue.seconds(text) else {
                return refuse(value, key, "is \"\(text)\", which are no seconds", "Write a number, such as 30")
            }
            add(key, ConfigurationNode(.scalar(seconds, plain: true)), at: value)
        case _ where key.hasPrefix("rlimit_"): return
        case _ where key.hasPrefix("hooks."):
            warn(
                value, key, "is a function in Python, and hooks are programs here",
                "Write a program that does the same and set hooks: {\(key.dropFirst(6)): PROGRAM}")
        case _ where Self.unequalled[key] != nil:
            warn(value, key, "has no equivalent", Self.unequalled[key] ?? "")
        default: return
        }
    }

    private mutating func flag(
        _ key: String, _ text: String, _ value: CircusFile.Value,
        _ body: (inout CircusWatcherReader, Bool) -> Void
    ) {
        guard let on = CircusValue.flag(text) else {
            return refuse(value, key, "is \"\(text)\", which is neither true nor false", "Write True or False")
        }
        body(&self, on)
    }

    private mutating func number(_ key: String, _ text: String, _ value: CircusFile.Value) {
        guard let number = Int(text.trimmedText) else {
            return refuse(value, key, "is \"\(text)\", which is no whole number", "Write digits only")
        }
        add(key, .integer(number), at: value)
    }

    // MARK: Environment and options

    private mutating func readEnvironment(_ shared: [(key: String, value: String)]) {
        var entries = environment.filter { own in !shared.contains { $0.key == own.key && $0.value == own.value } }
        if let value = section["virtualenv"] {
            let folder = FilePath.absolute(placeholders.expand(value.text), from: FilePath.parent(of: value.file))
            let path = environment.first { $0.key == "PATH" }?.value ?? placeholders["env.PATH"] ?? "/usr/bin:/bin"
            entries.removeAll { $0.key == "PATH" }
            entries += [("PATH", "\(folder)/bin:\(path)"), ("VIRTUAL_ENV", folder)]
        }
        let place = section["virtualenv"] ?? CircusFile.Value(text: "", file: section.file, line: section.line)
        if !entries.isEmpty { add("env", .mapping(entries.map { ($0.key, .string($0.value)) }), at: place) }
        let limits = section.entries.filter { $0.key.hasPrefix("rlimit_") }
        guard let first = limits.first else { return }
        let nodes = limits.map { key, value in
            (
                String(key.dropFirst(7)),
                CircusReader.node(
                    value.text.isEmpty ? "unlimited" : value.text, value, path(key), plain: true)
            )
        }
        add("rlimits", .mapping(nodes), at: first.value, first.key)
    }

    /// Keys of nobody's are for plugins.
    private mutating func readOptions() {
        let known = Set(
            ["cmd", "args", "working_dir", "use_sockets", "virtualenv", "close_child_stdin", "close_child_stdout"]
                + ["close_child_stderr"] + Self.texts + Self.flags + Self.numbers + Self.durations)
        let free = section.entries.filter { key, _ in
            !known.contains(key) && Self.unequalled[key] == nil
                && !["rlimit_", "hooks.", "stdout_stream", "stderr_stream"].contains { key.hasPrefix($0) }
        }
        guard let first = free.first else { return }
        let nodes = free.map { ($0.key, ConfigurationNode.string(placeholders.expand($0.value.text))) }
        add("options", .mapping(nodes), at: first.value, first.key)
    }
}

import Supervision

/// Reads one entry of `watchers:` onto a definition.
///
/// What other watchers, sockets and files say about it is checked by `ServicesReader`, once all are known.
struct WatcherReader {
    static let keys = [
        "cmd", "args", "shell", "shell_args", "numprocesses", "singleton", "autostart", "priority", "warmup_delay",
        "respawn", "oneshot", "expected_exit", "on_exit", "working_dir", "uid", "gid", "env", "copy_env", "env_file",
        "umask", "nice", "no_new_privs", "rlimits", "cgroup", "stop_signal", "stop_children", "graceful_timeout",
        "reload", "send_hup", "backoff", "max_retry", "max_age", "max_age_variance", "sockets", "stdin_socket",
        "on_demand", "stdout", "stderr", "log", "hooks", "after", "requires", "ready", "period", "start_timeout",
        "health", "watchdog", "options",
    ]

    let node: ConfigurationNode
    /// The sockets that there are, by name.
    let sockets: [String: SocketDefinition]
    /// How logs are rotated where the watcher does not say.
    let rotation: LogRotation
    let problems = ConfigurationProblems()
    var definition: WatcherDefinition

    /// A watcher of the user's own, before its keys are read.
    init(
        _ name: String, _ node: ConfigurationNode, environment: [String: String] = [:],
        sockets: [String: SocketDefinition] = [:], rotation: LogRotation = LogRotation()
    ) {
        self.node = node
        self.sockets = sockets
        self.rotation = rotation
        definition = WatcherDefinition(name: name, command: [])
        definition.environment = environment
        definition.readiness = .started
        definition.reload = .replace
        definition.settings.awaitsReady = false
    }

    /// A watcher that is there already, to be changed by the keys that are given.
    init(
        changing definition: WatcherDefinition, _ node: ConfigurationNode, sockets: [String: SocketDefinition] = [:],
        rotation: LogRotation
    ) {
        self.node = node
        self.sockets = sockets
        self.rotation = rotation
        self.definition = definition
    }

    /// Reads a whole watcher.
    mutating func read() {
        problems.attempt { _ = try node.mapping() }
        problems.add(node.unknownKeys(Self.keys))
        readCommand()
        readReadiness()
        readSockets()
        readCommon()
        readManners()
    }

    /// Reads the keys that are given onto a watcher that is there.
    mutating func readChanges() {
        problems.attempt { _ = try node.mapping() }
        problems.add(node.unknownKeys(Self.keys))
        if node.present("cmd") != nil {
            readCommand()
        } else {
            for key in ["args", "shell", "shell_args"] {
                guard let part = node[key] else { continue }
                problems.add([part.refused("changes with cmd only", remedy: "Give the whole command: cmd, and \(key)")])
            }
        }
        for (key, value) in (try? node.mapping()) ?? [] where value.isNull {
            problems.add([
                value.refused("is null, which changes nothing", remedy: "Name the value that \(key) shall have")
            ])
        }
        given("working_dir") { definition.folder = try $0.filePath() }
        readReadiness()
        readSockets()
        readCommon()
        readManners()
    }

    /// Reads what may be said of a bundle's own worker as well.
    mutating func readCommon() {
        readProcess()
        readLife()
        readPolicy()
        readLogs()
        readHealth()
        readHooks()
        readOptions()
    }

    /// Runs `body` with a key's value where it is given; keeps what is wrong.
    func given(_ key: String, _ body: (ConfigurationNode) throws -> Void) {
        guard let value = node.present(key) else { return }
        problems.attempt { try body(value) }
    }

    // MARK: Command

    private mutating func readCommand() {
        guard let command = node.present("cmd") else {
            problems.add([node.refused("has no cmd", remedy: "Say what it runs, such as cmd: \"prog --flag\"")])
            return
        }
        problems.attempt {
            let shell = try node.bool("shell") ?? false
            definition.command = shell ? try shellCommand(command) : try command.command()
            if !shell {
                if let words = node.present("shell_args") {
                    throw words.refused("means nothing without shell: true", remedy: "Remove it, or set shell: true")
                }
                if let words = node.present("args") { definition.command += try words.words() }
            }
        }
        given("working_dir") { definition.folder = try $0.filePath() }
        guard let program = definition.command.first, program.contains("/"), !program.hasPrefix("/"),
            !program.hasPrefix("$(") && !program.hasPrefix("((")
        else { return }
        definition.command[0] = FilePath.absolute(program, from: definition.folder ?? command.folder)
    }

    private func shellCommand(_ command: ConfigurationNode) throws -> [String] {
        guard command.isScalar else {
            throw command.refused("is a list, and a shell reads one text", remedy: "Write it as a text")
        }
        var text = try command.string()
        if let words = node.present("args") {
            text +=
                " "
                + (words.isScalar ? try words.string() : try words.words().map(ShellWords.quote).joined(separator: " "))
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw command.refused("names no program", remedy: "Write a program and its arguments")
        }
        return ["/bin/sh", "-c", text] + (try node.present("shell_args")?.words() ?? [])
    }

    // MARK: Process

    private mutating func readProcess() {
        given("env") { definition.environment.merge(try $0.environment()) { $1 } }
        given("copy_env") { definition.copiesEnvironment = try $0.bool() }
        given("env_file") { definition.environmentFile = try Self.environmentFile($0) }
        let attributes = ProcessAttributesReader(node: node, problems: problems)
        attributes.read(into: &definition.attributes)
    }

    /// A file that may be made later; one that is there is its owner's alone.
    private static func environmentFile(_ node: ConfigurationNode) throws -> String {
        let path = try node.filePath()
        if let mode = PrivateFile.wideMode(path) {
            throw node.refused("names \(path), which others can read (mode \(mode))", remedy: "Run chmod 600 \(path)")
        }
        return path
    }

    // MARK: Options

    private mutating func readOptions() {
        given("options") { options in
            _ = try options.mapping()
            Self.flatten(options, prefix: "", into: &definition.options)
        }
    }

    /// `{flapping: {attempts: 2}}` as `flapping.attempts`: circus's spelling.
    private static func flatten(_ node: ConfigurationNode, prefix: String, into options: inout [String: String]) {
        switch node.value {
        case .null: options[prefix] = ""
        case .scalar(let text, _): options[prefix] = text
        case .sequence: options[prefix] = JSONText.of(node)
        case .mapping(let entries):
            for entry in entries {
                flatten(entry.value, prefix: prefix.isEmpty ? entry.key : "\(prefix).\(entry.key)", into: &options)
            }
        }
    }
}

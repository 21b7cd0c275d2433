import Supervision

/// Reads one entry of `plugins:`.
struct PluginReader {
    static let keys =
        ["use", "cmd", "args", "may", "required", "env", "settings"]
        + ProcessAttributesReader.keys.filter { $0 != "cgroup" }
    /// What the built-in ones need, and may therefore, unless `may:` says less.
    static let builtIn: [String: Set<String>] = [
        "resource_watcher": ["restart", "signal"], "command_reloader": ["restart"],
        "cron": ["run", "start", "stop", "restart", "reload"], "flapping": ["stop", "start"],
    ]
    static let orders = ["restart", "stop", "start", "signal", "reload", "emit", "run"]

    let name: String
    let node: ConfigurationNode
    let environment: [String: String]
    let problems = ConfigurationProblems()

    func read() -> PluginDefinition? {
        problems.attempt { _ = try node.mapping() }
        problems.attempt { try node.checkName(name, of: "plugin") }
        problems.add(node.unknownKeys(Self.keys))
        guard let use = problems.attempt({ try use() }) else { return nil }
        var plugin = PluginDefinition(name: name, use: use)
        if case .builtIn(let kind) = use {
            plugin.may = Self.builtIn[kind] ?? []
        } else {
            plugin.environment = environment
        }
        problems.attempt {
            if let may = node.present("may") { plugin.may = try orders(may) }
            plugin.isRequired = try node.bool("required") ?? false
        }
        problems.attempt {
            if let env = node.present("env") { plugin.environment.merge(try env.environment()) { $1 } }
        }
        problems.attempt {
            guard let settings = node.present("settings") else { return }
            _ = try settings.mapping()
            plugin.settings = JSONText.of(settings)
        }
        ProcessAttributesReader(node: node, problems: problems).read(into: &plugin.attributes)
        return problems.errors.isEmpty ? plugin : nil
    }

    private func use() throws -> PluginDefinition.Use {
        switch (node.present("use"), node.present("cmd")) {
        case (nil, nil):
            throw node.refused(
                "has neither use nor cmd",
                remedy:
                    "Write use: with one of \(Self.builtIn.keys.sorted().joined(separator: ", ")), or cmd: a program")
        case (_?, let command?):
            throw command.refused("and use contradict each other", remedy: "Keep one of them")
        case (let use?, nil):
            let kind = try use.string()
            guard Self.builtIn[kind] != nil else { throw use.unknown(kind, among: Self.builtIn.keys.sorted()) }
            for key in ["args", "env"] + ProcessAttributesReader.keys {
                guard let value = node.present(key) else { continue }
                throw value.refused("is for programs, and \(kind) is built in", remedy: "Remove it")
            }
            return .builtIn(kind)
        case (nil, let command?):
            var words = try command.command()
            if words[0].contains("/") { words[0] = FilePath.absolute(words[0], from: command.folder) }
            return .executable(words + (try node.present("args")?.words() ?? []))
        }
    }

    private func orders(_ node: ConfigurationNode) throws -> Set<String> {
        Set(
            try node.names().map { order in
                let text = try order.string()
                guard Self.orders.contains(text) else { throw order.unknown(text, among: Self.orders) }
                return text
            })
    }
}

import Supervision

// Readiness, health, sockets, hooks.

extension WatcherReader {
    private static let readyKeys = ["fd", "after", "period"] + ProbeReader.keys
    private static let healthKeys = ["period", "timeout", "threshold", "on_failure"] + ProbeReader.keys
    private static let hookKeys = ["cmd", "ignore", "timeout"]

    // MARK: Readiness

    mutating func readReadiness() {
        given("ready") { value in
            definition.readiness = value.isMapping ? try readiness(value) : try named(value)
            definition.settings.awaitsReady = definition.readiness != .started
        }
        given("period") { value in
            guard case .probe(let probe, _) = definition.readiness else {
                throw value.refused(
                    "is how often a readiness probe is asked, and there is none",
                    remedy: "Remove it, or write it below health:")
            }
            definition.readiness = .probe(probe, period: try value.interval())
        }
    }

    private func named(_ value: ConfigurationNode) throws -> Readiness {
        switch try value.string() {
        case "started": return .started
        case "notify": return .notify
        case let text:
            throw value.unknown(text, among: ["started", "notify"] + Self.readyKeys.map { "{\($0): …}" })
        }
    }

    private func readiness(_ value: ConfigurationNode) throws -> Readiness {
        try value.refuseUnknownKeys(Self.readyKeys)
        let kinds = value.keys.filter { $0 != "period" && value.present($0) != nil }
        guard kinds.count == 1, let kind = kinds.first, let given = value.present(kind) else {
            throw value.refused(
                kinds.isEmpty
                    ? "does not say what makes it ready" : "says two things: \(kinds.joined(separator: ", "))",
                remedy: "Give one of fd, tcp, unix, http, exec, after")
        }
        if kind == "fd" || kind == "after", let period = value.present("period") {
            throw period.refused("means nothing beside \(kind)", remedy: "Remove it")
        }
        switch kind {
        case "fd": return .descriptor(Int32(try given.integer(in: 3...1_023)))
        case "after": return .after(try given.duration())
        default:
            return .probe(
                try ProbeReader.probe(kind, given), period: try value.present("period")?.interval() ?? .seconds(1))
        }
    }

    // MARK: Health

    mutating func readHealth() {
        given("health") { value in
            _ = try value.mapping()
            try value.refuseUnknownKeys(Self.healthKeys)
            let kinds = ProbeReader.keys.filter { value.present($0) != nil }
            guard kinds.count == 1, let kind = kinds.first, let given = value.present(kind) else {
                throw value.refused(
                    kinds.isEmpty ? "asks nothing" : "asks two things: \(kinds.joined(separator: ", "))",
                    remedy: "Give one of \(ProbeReader.keys.joined(separator: ", "))")
            }
            var check = HealthCheck(probe: try ProbeReader.probe(kind, given))
            check.period = try value.present("period")?.interval() ?? check.period
            check.timeout = try value.present("timeout")?.interval() ?? check.timeout
            check.threshold = try value.present("threshold")?.integer(in: 1...1_000) ?? check.threshold
            check.action = try value.present("on_failure")?.choice(HealthCheck.Action.self) ?? check.action
            definition.health = check
        }
    }

    // MARK: Sockets

    mutating func readSockets() {
        given("sockets") { value in
            for name in try value.names() { definition.sockets.append(try socket(name)) }
            let names = definition.sockets.map(\.name)
            if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
                throw value.refused("names \(twice) twice", remedy: "Name it once")
            }
        }
        given("stdin_socket") { value in
            let socket = try socket(value)
            definition.inputSocket = socket.name
            if !definition.sockets.contains(socket) { definition.sockets.append(socket) }
        }
        given("on_demand") { value in
            definition.onDemand = try value.bool()
            guard definition.onDemand, definition.sockets.isEmpty, definition.inputSocket == nil else { return }
            throw value.refused("needs a socket to wait at", remedy: "Name one with sockets: or stdin_socket:")
        }
        guard case .descriptor(let number) = definition.readiness, let value = node["ready"],
            number < 3 + definition.sockets.count
        else { return }
        problems.add([
            value.refused(
                "names descriptor \(number), where one of the \(definition.sockets.count) sockets is",
                remedy: "Write fd: \(3 + definition.sockets.count) or higher")
        ])
    }

    private func socket(_ node: ConfigurationNode) throws -> SocketDefinition {
        let name = try node.string()
        guard let socket = sockets[name] else { throw node.unknown(name, among: sockets.keys.sorted()) }
        return socket
    }

    // MARK: Hooks

    mutating func readHooks() {
        given("hooks") { value in
            var hooks = definition.hooks
            for (name, hook) in try value.mapping() {
                guard let point = HookDefinition.Point(rawValue: name) else {
                    let known = HookDefinition.Point.allCases.map(\.rawValue)
                    throw hook.refused(
                        "is not a hook",
                        remedy: EditDistance.nearest(to: name, among: known).map { "Did you mean \($0)?" }
                            ?? "Known: \(known.joined(separator: ", "))")
                }
                hooks.removeAll { $0.point == point }
                hooks.append(try Self.hook(point, hook))
            }
            definition.hooks = hooks
        }
    }

    private static func hook(_ point: HookDefinition.Point, _ node: ConfigurationNode) throws -> HookDefinition {
        guard node.isMapping else { return HookDefinition(point: point, command: try resolved(node)) }
        try node.refuseUnknownKeys(hookKeys)
        guard let command = node.present("cmd") else {
            throw node.refused("has no cmd", remedy: "Say what it runs, such as cmd: /usr/local/bin/hook")
        }
        var hook = HookDefinition(point: point, command: try resolved(command))
        hook.ignoresFailure = try node.bool("ignore") ?? hook.ignoresFailure
        hook.timeout = try node.present("timeout")?.interval() ?? hook.timeout
        return hook
    }

    private static func resolved(_ node: ConfigurationNode) throws -> [String] {
        var command = try node.command()
        if command[0].contains("/"), !command[0].hasPrefix("$("), !command[0].hasPrefix("((") {
            command[0] = FilePath.absolute(command[0], from: node.folder)
        }
        return command
    }
}

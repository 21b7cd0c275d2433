import Supervision

/// Reads `supervisor:`.
struct SupervisorReader {
    static let keys = ["umask", "pidfile", "warmup_delay", "stop_deadline", "log", "control"]
    static let controlKeys = ["admin", "read", "tcp", "token_file"]

    let node: ConfigurationNode
    let problems = ConfigurationProblems()

    func read() -> SupervisorSettings {
        var settings = SupervisorSettings()
        problems.attempt { _ = try node.mapping() }
        problems.add(node.unknownKeys(Self.keys))
        given("umask", in: node) { settings.umask = try $0.octal() & 0o777 }
        given("pidfile", in: node) { settings.pidFile = try $0.filePath() }
        given("warmup_delay", in: node) { settings.warmup = try $0.duration() }
        given("stop_deadline", in: node) {
            settings.hasNoStopDeadline = $0.isUnlimited
            settings.stopDeadline = $0.isUnlimited ? nil : try $0.interval()
        }
        given("log", in: node) { settings.rotation = try RotationReader.rotation($0, over: settings.rotation) }
        given("control", in: node) { settings.control = try control($0) }
        return settings
    }

    private func given(_ key: String, in node: ConfigurationNode, _ body: (ConfigurationNode) throws -> Void) {
        guard let value = node.present(key) else { return }
        problems.attempt { try body(value) }
    }

    private func control(_ node: ConfigurationNode) throws -> SupervisorSettings.ControlAccess {
        var access = SupervisorSettings.ControlAccess()
        _ = try node.mapping()
        problems.add(node.unknownKeys(Self.controlKeys))
        given("admin", in: node) { access.admins = Set(try $0.names().map(ProcessAttributesReader.userNumber)) }
        given("read", in: node) { access.readers = Set(try $0.names().map(ProcessAttributesReader.userNumber)) }
        given("tcp", in: node) { value in
            let text = try value.string()
            _ = try ProbeReader.address(text[...], value)
            access.address = text
            guard node.present("token_file") == nil else { return }
            throw value.refused(
                "would let anyone who reaches the port give orders",
                remedy: "Name a file with a bearer token (mode 0600) as token_file")
        }
        given("token_file", in: node) { value in
            guard node.present("tcp") != nil else {
                throw value.refused("is for a TCP address, and there is none", remedy: "Remove it, or set tcp")
            }
            access.tokenFile = try token(value)
        }
        return access
    }

    private func token(_ node: ConfigurationNode) throws -> String {
        let path = try node.filePath()
        if let mode = PrivateFile.wideMode(path) {
            throw node.refused("names \(path), which others can read (mode \(mode))", remedy: "Run chmod 600 \(path)")
        }
        let text: String
        do throws(DiskError) {
            text = try PrivateFile.read(path)
        } catch {
            throw error.at(node)
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw node.refused("names \(path), which is empty", remedy: "Write a long random token into it")
        }
        return path
    }
}

internal import BundleConfig

/// `plugin_authn` or `plugin_authz`: `{command, args, timeout, processes}` for a program that stays, or `{socket, timeout}` for
/// one that serves HTTP. docker_auth's `plugin_path` names a Go plugin, which only a Go program can load.
struct PluginBackend: BackendSettings {
    enum Peer: Sendable {
        case program(CommandSettings)
        case socket(path: String, time: Duration)
    }

    let purpose: CommandBackend.Purpose
    let peer: Peer

    init?(_ node: ConfigurationNode, for purpose: CommandBackend.Purpose, reading: inout ConfigurationReading) {
        self.purpose = purpose
        if let value = node["plugin_path"], !value.isNull {
            reading.refuse(
                value.refused(
                    "names a Go plugin, which only a Go program can load",
                    remedy: "Write command: or socket: instead, see docs/auth.md"))
            return nil
        }
        guard let socket = reading.text("socket", of: node) else {
            reading.check(node, knows: CommandSettings.keys + ["socket"])
            guard let settings = CommandSettings(node, processes: 4, reading: &reading) else { return nil }
            peer = .program(settings)
            return
        }
        reading.check(node, knows: ["socket", "timeout"])
        guard socket.hasPrefix("/"), socket.utf8.count < 108 else {
            reading.refuse(
                (node["socket"] ?? node).refused(
                    "is no absolute path of at most 107 bytes", remedy: "Write socket: /run/plugin.sock"))
            return nil
        }
        peer = .socket(
            path: socket,
            time: reading.time(
                "timeout", of: node, default: .seconds(10), within: .milliseconds(100)...Duration.seconds(120)))
    }

    func make(_ context: BackendContext) -> Backend {
        let transport: any PluginTransport =
            switch peer {
            case .program(let settings): PluginProcesses(settings)
            case .socket(let path, let time):
                PluginSocket(path: path, target: purpose == .signIn ? "/authn" : "/authz", time: time)
            }
        switch purpose {
        case .signIn: return Backend(authenticator: PluginAuthenticator(transport: transport), close: transport.close)
        case .authorization:
            return Backend(authorizer: PluginAuthorizer(transport: transport), close: transport.close)
        }
    }
}

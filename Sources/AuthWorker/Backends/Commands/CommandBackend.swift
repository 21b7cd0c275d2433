internal import BundleConfig

/// `ext_auth` or `ext_authz`: `{command, args}`, and of ours `timeout` (10s) and `processes` (8).
struct CommandBackend: BackendSettings {
    enum Purpose: Sendable { case signIn, authorization }

    let purpose: Purpose
    let settings: CommandSettings

    init?(_ node: ConfigurationNode, for purpose: Purpose, reading: inout ConfigurationReading) {
        reading.check(node, knows: CommandSettings.keys)
        guard let settings = CommandSettings(node, processes: 8, reading: &reading) else { return nil }
        self.purpose = purpose
        self.settings = settings
    }

    func make(_ context: BackendContext) -> Backend {
        let threads = BackendThreads(settings.processes)
        switch purpose {
        case .signIn:
            return Backend(
                authenticator: CommandAuthenticator(settings: settings, threads: threads), close: threads.close)
        case .authorization:
            return Backend(
                authorizer: CommandAuthorizer(settings: settings, threads: threads), close: threads.close)
        }
    }
}

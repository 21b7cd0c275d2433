internal import BundleConfig
internal import HTTPService
internal import Logging
internal import Synchronization
internal import WorkerRuntime

/// The auth worker's life: docker_auth's configuration file in, tokens out.
final class TokenWorker: Worker {
    /// The name of the socket that the supervisor passes on.
    static let socketName = "auth"

    private struct Running {
        var service: AuthService
        var listener: HTTPListener
        var logger: Logger
    }

    private let path: String
    private let isCompatible: Bool
    private let running = Mutex<Running?>(nil)

    init(path: String, isCompatible: Bool) {
        self.path = path
        self.isCompatible = isCompatible
    }

    func start(_ context: WorkerContext) async throws {
        let settings = try AuthSettings.load(path, isCompatible: isCompatible)
        for warning in settings.warnings { context.logger.warning("\(warning)") }
        let service = AuthService(settings, pool: PasswordPool(), logger: context.logger)
        let listener = HTTPListener(responder: AuthResponder(service: service), logger: context.logger)
        let sockets = context.sockets.descriptors(named: Self.socketName)
        if sockets.isEmpty {
            try await listener.start(address: settings.server.address)
        } else {
            try await listener.start(descriptors: sockets)
        }
        running.withLock { $0 = Running(service: service, listener: listener, logger: context.logger) }
    }

    func reload() async throws {
        guard let running = running.withLock({ $0 }) else { return }
        let settings: AuthSettings
        do {
            settings = try AuthSettings.load(path, isCompatible: isCompatible)
        } catch {
            running.service.keepOld(because: error.errors.first?.description ?? "unreadable")
            throw error
        }
        for warning in settings.warnings { running.logger.warning("\(warning)") }
        if settings.server.address != running.service.state.settings.server.address {
            running.logger.warning("server.addr has changed: the old address is served until a restart")
        }
        running.service.replace(settings)
    }

    func drain(within time: Duration) async {
        guard let running = running.withLock({ $0 }) else { return }
        await running.listener.drain(within: time)
    }
}

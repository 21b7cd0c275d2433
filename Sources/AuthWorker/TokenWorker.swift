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
        var admin: AdminSocket?
        var logger: Logger
    }

    private let path: String
    private let isCompatible: Bool
    private let running = Mutex<Running?>(nil)
    private let watch = FileWatch()
    private let turn = ReloadTurn()
    /// Waits for changes of the files; ends with the worker.
    private let follower = Mutex<Task<Void, Never>?>(nil)

    init(path: String, isCompatible: Bool) {
        self.path = path
        self.isCompatible = isCompatible
    }

    func start(_ context: WorkerContext) async throws {
        let settings = try AuthSettings.load(path, isCompatible: isCompatible)
        for warning in settings.warnings { context.logger.warning("\(warning)") }
        let service = AuthService(
            settings, pool: PasswordPool(), database: try Self.database(settings, present: nil), logger: context.logger)
        let listener = HTTPListener(responder: AuthResponder(service: service), logger: context.logger)
        let sockets = context.sockets.descriptors(named: Self.socketName)
        if sockets.isEmpty {
            try await listener.start(address: settings.server.address)
        } else {
            try await listener.start(descriptors: sockets)
        }
        let admin = AdminSocket.path(named: "auth-admin.sock", beside: settings.server.address).map {
            AdminSocket(
                path: $0, routes: AccountDesk(service: service).routes + [AuthExposition(service: service).route],
                logger: context.logger)
        }
        try await admin?.start()
        running.withLock {
            $0 = Running(service: service, listener: listener, admin: admin, logger: context.logger)
        }
        watch.follow([path] + settings.files)
        // The bridge from the watching thread to tasks.
        let task = Task { for await _ in watch.changes { await reloadAfterChange(context) } }
        follower.withLock { $0 = task }
    }

    func reload() async throws {
        try await turn.take { try self.swap() }
    }

    /// As SIGHUP does it, for a file that has changed.
    private func reloadAfterChange(_ context: WorkerContext) async {
        do {
            try await reload()
            context.status("ready")
            context.logger.info("reloaded its configuration: a file has changed", metadata: ["event": "reloaded"])
        } catch {
            context.status("ready on the old configuration: the new one is refused")
            for problem in (error as? ConfigurationErrors)?.errors.map(\.description) ?? ["\(error)"] {
                context.logger.error("cannot reload: \(problem)", metadata: ["event": "reload_refused"])
            }
        }
    }

    /// Reads everything anew and puts it in force in one step, or leaves the old state as it is.
    private func swap() throws {
        guard let running = running.withLock({ $0 }) else { return }
        let settings: AuthSettings
        let database: AuthDatabase?
        var files = running.service.state.settings.files
        // What is read after this moment and changes later is told again.
        defer { watch.follow([path] + files) }
        do throws(ConfigurationErrors) {
            settings = try AuthSettings.load(path, isCompatible: isCompatible) { files += $0 }
            files = settings.files
            database = try Self.database(settings, present: running.service.state.database)
        } catch {
            running.service.keepOld(because: error.errors.first?.description ?? "unreadable")
            throw error
        }
        for warning in settings.warnings { running.logger.warning("\(warning)") }
        if settings.server.address != running.service.state.settings.server.address {
            running.logger.warning("server.addr has changed: the old address is served until a restart")
        }
        running.service.replace(settings, database: database)
    }

    func drain(within time: Duration?) async {
        follower.withLock { $0 }?.cancel()
        watch.stop()
        turn.close()
        guard let running = running.withLock({ $0 }) else { return }
        await running.admin?.drain(within: .zero)
        await running.listener.drain(within: time)
    }

    /// The database that the settings name; the one that is open already, when it is that.
    private static func database(
        _ settings: AuthSettings, present: AuthDatabase?
    ) throws(ConfigurationErrors) -> AuthDatabase? {
        guard let path = settings.database else { return nil }
        if let present, present.path == path { return present }
        do throws(AuthDatabaseProblem) {
            return try AuthDatabase(path: path)
        } catch {
            throw ConfigurationErrors([
                ConfigurationError(key: "database", problem: error.problem, remedy: error.remedy)
            ])
        }
    }
}

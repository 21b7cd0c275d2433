import BundleConfig
import BundleLog
import HTTPService
import Hummingbird
import Logging
import RegistryStorage
import Synchronization
import WorkerRuntime

/// The registry as a worker: reads its configuration, serves `/v2/` on its sockets, and purges stale uploads.
///
/// A reload swaps log level, access, deletion and read-only mode in one step; the folder and the address stay until a restart.
final class RegistryWorker: Worker {
    private struct Running: Sendable {
        var configuration: RegistryConfiguration
        var settings: SettingsBox
        var storage: FilesystemStorage
        var listener: HTTPListener
        var purge: UploadPurge
        var hub: NotificationHub
        var mirror: PullThrough?
    }

    private let file: String
    private let mails = MailHooks()
    private let running = Mutex<Running?>(nil)

    init(file: String) {
        self.file = file
    }

    func start(_ context: WorkerContext) async throws {
        let configuration = try RegistryConfiguration(file: file)
        let settings = SettingsBox(try RegistrySettings(configuration))
        report(configuration, context.logger)
        let storage = try FilesystemStorage(root: configuration.root)
        let hub = NotificationHub(configuration, logger: context.logger)
        let mirror = configuration.upstream.map {
            PullThrough($0, storage: storage, root: configuration.root, logger: context.logger)
        }
        let registry = RegistryMiddleware(
            storage: storage, settings: settings, journal: ActivityJournal(), hub: hub, mirror: mirror)
        let listener = HTTPListener(responder: Self.responder(registry), logger: context.logger)
        let purge = UploadPurge(storage: storage, logger: context.logger)
        await hub.follow(configuration.notifications)
        await mails.follow(configuration.mails)
        mirror?.start()
        let inherited = context.sockets.descriptors(named: "registry")
        if inherited.isEmpty {
            try await listener.start(address: configuration.address)
        } else {
            try await listener.start(descriptors: inherited)
        }
        purge.follow(configuration.purge, isReadOnly: configuration.isReadOnly)
        running.withLock {
            $0 = Running(
                configuration: configuration, settings: settings, storage: storage, listener: listener, purge: purge,
                hub: hub, mirror: mirror)
        }
        let place = inherited.isEmpty ? "\(configuration.address)" : "\(inherited.count) inherited socket(s)"
        context.logger.info(
            "serves \(configuration.root) on \(place)", metadata: [LogField.event: "registry_started"])
    }

    func reload() async throws {
        guard let current = running.withLock({ $0 }) else { return }
        let configuration = try RegistryConfiguration(file: file)
        let settings = try RegistrySettings(configuration)
        let logger = Logger(label: "registry")
        report(configuration, logger)
        current.settings.replace(settings)
        current.purge.follow(configuration.purge, isReadOnly: configuration.isReadOnly)
        await current.hub.follow(configuration.notifications)
        await mails.follow(configuration.mails)
        if let upstream = configuration.upstream { current.mirror?.follow(upstream) }
        if (configuration.upstream == nil) != (current.mirror == nil) {
            logger.warning("proxy is taken up or given up only with a restart of the registry")
        }
        if configuration.root != current.configuration.root || configuration.address != current.configuration.address {
            logger.warning("storage.filesystem.rootdirectory and http.addr change only with a restart of the registry")
        }
    }

    func drain(within: Duration) async {
        guard let current = running.withLock({ $0 }) else { return }
        current.purge.follow(nil, isReadOnly: true)
        await current.listener.drain(within: within)
        await current.mirror?.stop()
        await current.hub.stop()
        await mails.follow([])
    }

    /// Everything goes to the registry's own routing: names with slashes do not fit a router's patterns.
    static func responder(_ registry: RegistryMiddleware) -> some HTTPResponder<ServiceRequestContext> {
        let router = Router(context: ServiceRequestContext.self)
        router.add(middleware: AccessLogMiddleware())
        router.add(middleware: registry)
        return router.buildResponder()
    }

    private func report(_ configuration: RegistryConfiguration, _ logger: Logger) {
        BundleLog.setLevel(configuration.logLevel)
        for warning in configuration.warnings { logger.warning("\(warning)") }
    }
}

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
        var scrub: Scrub
        var admin: AdminSocket?
        var hub: NotificationHub
        var keeper: IndexKeeper
        var health: HealthMonitor
        var debug: HTTPListener?
        var mirror: PullThrough?
        var collection: CollectionSchedule
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
        let storage = try FilesystemStorage(root: configuration.root) { [logger = context.logger] notice in
            logger.log(
                level: notice.level == .info ? .info : .warning, "\(notice.sentence)",
                metadata: [LogField.event: "\(notice.event)"])
        }
        let metrics = RegistryMetrics()
        let health = HealthMonitor(logger: context.logger)
        let hub = NotificationHub(configuration, logger: context.logger)
        let mirror = configuration.upstream.map {
            PullThrough($0, storage: storage, root: configuration.root, logger: context.logger)
        }
        let reservations = UploadReservations()
        let registry = RegistryMiddleware(
            storage: MeteredStorage(storage: storage, metrics: metrics), settings: settings, journal: ActivityJournal(),
            hub: hub, reservations: reservations, metrics: metrics, health: health, mirror: mirror)
        let listener = HTTPListener(responder: Self.responder(registry), logger: context.logger)
        let purge = UploadPurge(storage: storage, reservations: reservations, logger: context.logger)
        await hub.follow(configuration.notifications)
        await mails.follow(configuration.mails)
        mirror?.start()
        let scrub = Scrub(storage: storage, logger: context.logger)
        let inherited = context.sockets.descriptors(named: "registry")
        if inherited.isEmpty {
            try Self.requirePrivate(configuration.address)
            try await listener.start(address: configuration.address)
        } else {
            try await listener.start(descriptors: inherited)
        }
        purge.follow(configuration.purge, isReadOnly: configuration.isReadOnly)
        scrub.follow(configuration.scrub, isReadOnly: configuration.isReadOnly)
        health.follow(HealthProbes(storage: storage).checks(configuration.health))
        let exposition = MetricsExposition(metrics: metrics, storage: storage, hub: hub)
        let keeper = IndexKeeper(storage: storage)
        keeper.start()
        let collection = CollectionSchedule(storage: storage, hub: hub, logger: context.logger)
        collection.follow(configuration.collection, configuration.policy, isReadOnly: configuration.isReadOnly)
        let admin = AdminSocket.path(named: "registry-admin.sock", beside: configuration.address).map {
            AdminSocket(
                path: $0, routes: [exposition.route] + scrub.routes() + collection.adminRoutes, logger: context.logger)
        }
        try await admin?.start()
        let debug = try await Self.debug(configuration.debug, exposition, health, context.logger)
        running.withLock {
            $0 = Running(
                configuration: configuration, settings: settings, storage: storage, listener: listener, purge: purge,
                scrub: scrub, admin: admin, hub: hub, keeper: keeper, health: health, debug: debug, mirror: mirror,
                collection: collection)
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
        current.collection.follow(
            configuration.collection, configuration.policy, isReadOnly: configuration.isReadOnly)
        await current.hub.follow(configuration.notifications)
        current.health.follow(HealthProbes(storage: current.storage).checks(configuration.health))
        if configuration.debug != current.configuration.debug {
            logger.warning("http.debug changes only with a restart of the registry")
        }
        current.scrub.follow(configuration.scrub, isReadOnly: configuration.isReadOnly)
        await mails.follow(configuration.mails)
        if let upstream = configuration.upstream { current.mirror?.follow(upstream) }
        if (configuration.upstream == nil) != (current.mirror == nil) {
            logger.warning("proxy is taken up or given up only with a restart of the registry")
        }
        if configuration.root != current.configuration.root || configuration.address != current.configuration.address {
            logger.warning("storage.filesystem.rootdirectory and http.addr change only with a restart of the registry")
        }
    }

    func drain(within: Duration?) async {
        guard let current = running.withLock({ $0 }) else { return }
        current.purge.follow(nil, isReadOnly: true)
        current.collection.follow(CollectionSettings(), isReadOnly: true)
        current.health.follow([])
        current.scrub.follow(nil, isReadOnly: true)
        await current.admin?.drain(within: .zero)
        await current.listener.drain(within: within.map { min($0, current.configuration.drainTime ?? $0) })
        await current.debug?.drain(within: .zero)
        await current.mirror?.stop()
        await current.hub.stop()
        await current.keeper.stop()
        await mails.follow([])
    }

    /// The listener of `http.debug`; nil without one.
    private static func debug(
        _ settings: DebugSettings?, _ exposition: MetricsExposition, _ health: HealthMonitor, _ logger: Logger
    ) async throws -> HTTPListener? {
        guard let settings else { return nil }
        let responder = DebugResponder(exposition: exposition, health: health, metricsPath: settings.metricsPath)
        let listener = HTTPListener(responder: responder, logger: logger)
        try await listener.start(address: settings.address)
        return listener
    }

    /// Passwords, tokens and images never cross a network in the clear: an address that others reach is the proxy's.
    static func requirePrivate(_ address: ListenAddress) throws(ConfigurationError) {
        guard !address.isPrivate else { return }
        throw ConfigurationError(
            key: "http.addr", problem: "\(address) would serve everybody without TLS",
            remedy:
                "Write 127.0.0.1:5000 or a unix socket (net: unix), and let dockmaster-proxy serve TLS in front of it"
        )
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

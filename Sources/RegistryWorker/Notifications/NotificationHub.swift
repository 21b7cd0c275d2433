import BundleLog
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Tells the endpoints of the configuration what happens.
///
/// - Loss: an event that `record` has returned for outlives the process; one that `note` was given may be lost with it.
/// - Cost: a write to the page cache for each endpoint, made on a thread of its own; a sync a second, on another.
final class NotificationHub: Sendable {
    private struct State: Sendable {
        var settings = NotificationSettings()
        var endpoints: [NotificationEndpoint] = []
    }

    /// So many pulls may wait for the thread; further ones are not told of.
    static let pullLimit = 8_192

    let source: EventSource
    private let folder: String
    private let patience: Duration
    private let logger: Logger
    private let writes = NIOThreadPool(numberOfThreads: 1)
    private let syncs = NIOThreadPool(numberOfThreads: 1)
    private let state = Mutex(State())
    private let waitingPulls = Atomic<Int>(0)

    /// - Parameters:
    ///   - folder: where the queues are, each in a folder of its own.
    ///   - patience: how often is looked whether a registry that this one replaces has ended, and left events.
    init(
        folder: String, source: EventSource = EventSource(), patience: Duration = .seconds(30),
        logger: Logger = Logger(label: "registry")
    ) {
        self.folder = folder
        self.patience = patience
        self.source = source
        self.logger = logger
    }

    var includesReferences: Bool { state.withLock { $0.settings.includesReferences } }

    /// The counters of each endpoint, by name.
    var counters: [(name: String, counters: EndpointCounters)] {
        state.withLock { $0.endpoints }.map { ($0.settings.name, $0.counters) }
    }

    /// Takes up a configuration. An endpoint whose settings changed goes on with its queue where it was.
    func follow(_ settings: NotificationSettings) async {
        let old = state.withLock { state in
            state.settings.includesReferences = settings.includesReferences
            return state
        }
        let wanted = settings.endpoints.filter { !$0.isDisabled }
        if old.settings.endpoints == settings.endpoints { return }
        if !wanted.isEmpty {
            writes.start()
            syncs.start()
        }
        var kept = old.endpoints.filter { wanted.contains($0.settings) }
        let ended = old.endpoints.filter { endpoint in !kept.contains { $0 === endpoint } }
        state.withLock { [kept] in $0 = State(settings: settings, endpoints: kept) }
        for endpoint in ended { await endpoint.stop() }
        for settings in wanted where !kept.contains(where: { $0.settings == settings }) {
            if let endpoint = await open(settings) { kept.append(endpoint) }
        }
        state.withLock { [kept] in $0.endpoints = kept }
        for endpoint in kept where !old.endpoints.contains(where: { $0 === endpoint }) {
            endpoint.start(patience: patience)
        }
    }

    /// Ends every delivery; what waits stays on the disk.
    func stop() async {
        let endpoints = state.withLock { state in
            defer { state = State() }
            return state.endpoints
        }
        for endpoint in endpoints { await endpoint.stop() }
    }

    /// Whether anybody is to hear of it: asked before an event is made.
    func wants(_ action: RegistryEvent.Action, mediaType: String?) -> Bool {
        state.withLock { $0.endpoints.contains { $0.settings.wants(action, mediaType: mediaType) } }
    }

    /// Puts an event where it outlives the process. It never fails what it tells of: a queue that cannot be written is logged.
    func record(_ event: RegistryEvent) async {
        let endpoints = receivers(of: event)
        guard !endpoints.isEmpty else { return }
        let bytes = event.json(source: source)
        // Not to be cancelled: the client may be gone, but what it did stands.
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        _ = try? await writes.runIfActive(eventLoop: loop) { for endpoint in endpoints { endpoint.put(bytes) } }.get()
    }

    /// Puts an event into the queues a moment later, however many wait: for what must be told and comes from a thread that
    /// cannot await. `settle` waits for it.
    func hand(_ event: RegistryEvent) {
        let endpoints = receivers(of: event)
        guard !endpoints.isEmpty else { return }
        let source = source
        writes.submit { _ in
            let bytes = event.json(source: source)
            for endpoint in endpoints { endpoint.put(bytes) }
        }
    }

    /// Waits until what was handed over so far outlives the process.
    func settle() async {
        guard state.withLock({ !$0.endpoints.isEmpty }) else { return }
        _ = try? await writes.runIfActive {}
    }

    /// Puts an event into the queues a moment later.
    func note(_ event: RegistryEvent) {
        let endpoints = receivers(of: event)
        guard !endpoints.isEmpty else { return }
        guard waitingPulls.wrappingAdd(1, ordering: .relaxed).newValue <= Self.pullLimit else {
            waitingPulls.wrappingSubtract(1, ordering: .relaxed)
            return
        }
        let source = source
        writes.submit { [self] _ in
            waitingPulls.wrappingSubtract(1, ordering: .relaxed)
            let bytes = event.json(source: source)
            for endpoint in endpoints { endpoint.put(bytes) }
        }
    }

    private func receivers(of event: RegistryEvent) -> [NotificationEndpoint] {
        state.withLock { state in
            state.endpoints.filter { $0.settings.wants(event.action, mediaType: event.target.mediaType) }
        }
    }

    private func open(_ settings: NotificationSettings.Endpoint) async -> NotificationEndpoint? {
        let path = "\(folder)/\(Self.folderName(settings.name))"
        let limit = settings.queueLimit
        do {
            let (folder, queue) = try await writes.runIfActive {
                let folder = try QueueFolder.take(path)
                return (folder, try EventQueue(folder: folder.path, limit: limit))
            }
            return NotificationEndpoint(
                settings, folder: folder, queue: queue, writes: writes, syncs: syncs, logger: logger)
        } catch {
            logger.error(
                "the notification endpoint \(settings.name) is told nothing: \(error)",
                metadata: [LogField.event: "notification_queue_failed"])
            return nil
        }
    }

    /// A name as a folder may have it: letters, digits, `-` and `_` stay, every other byte becomes `%` and two digits.
    private static func folderName(_ name: String) -> String {
        name.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }
}

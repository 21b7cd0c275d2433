import AsyncHTTPClient
import BundleConfig
import BundleLog
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One receiver of notifications: its queue, and the task that empties it, one event after the other.
final class NotificationEndpoint: Sendable {
    /// How an attempt ended.
    enum Outcome: Sendable, Equatable {
        case accepted(Int)
        case refused(Int)
        case failed(String)
    }

    /// The time after which what was queued is synced, whatever its number: a power cut takes no more than this.
    static let syncInterval = TimeAmount.seconds(1)
    static let contentType = "application/vnd.docker.distribution.events.v1+json"

    let settings: NotificationSettings.Endpoint
    private let folder: QueueFolder
    private let queue: EventQueue
    private let writes: NIOThreadPool
    private let syncs: NIOThreadPool
    private let logger: Logger
    private let counted: Mutex<EndpointCounters>
    private let isSyncPlanned = Atomic<Bool>(false)
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let tasks = Mutex<[Task<Void, Never>]>([])

    var counters: EndpointCounters { counted.withLock { $0 } }

    /// - Parameters:
    ///   - writes: one thread, on which alone the queue is touched.
    ///   - syncs: another, which waits for the disk.
    init(
        _ settings: NotificationSettings.Endpoint, folder: QueueFolder, queue: EventQueue, writes: NIOThreadPool,
        syncs: NIOThreadPool, logger: Logger
    ) {
        self.settings = settings
        self.folder = folder
        self.queue = queue
        self.writes = writes
        self.syncs = syncs
        self.logger = logger
        counted = Mutex(EndpointCounters(pending: queue.pending))
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins to deliver. The bridge to the tasks: they end with `stop()`, and at the latest with the process.
    /// - Parameter patience: how often is looked whether a process that has a queue of this name too has ended.
    func start(patience: Duration) {
        tasks.withLock { $0 = [Task { await deliver() }, Task { await takeOver(patience) }] }
    }

    /// Ends the delivery; what was not accepted stays in the queue, which others may have now.
    func stop() async {
        let running = tasks.withLock { $0 }
        for task in running { task.cancel() }
        for task in running { await task.value }
        folder.release()
    }

    /// Takes over what ended processes have left in queues of this name, for as long as there are others.
    private func takeOver(_ patience: Duration) async {
        while !Task.isCancelled {
            do {
                guard try await writes.runIfActive({ [self] in try takeLeftovers() }) else { return }
            } catch {
                logger.error("\(error)", metadata: [LogField.event: "notification_queue_failed"])
            }
            try? await Task.sleep(for: patience)
        }
    }

    /// - Returns: whether a process still has a queue of this name.
    private func takeLeftovers() throws(QueueError) -> Bool {
        let (leftovers, isOneInUse) = try folder.leftovers()
        for leftover in leftovers {
            let old = try EventQueue(folder: leftover.path, limit: settings.queueLimit)
            while let (event, position) = try old.front() {
                try queue.append(event)
                try old.accept(position, length: event.count)
            }
            try leftover.remove()
            count { $0.pending = queue.pending }
            planSync()
            wake.yield()
        }
        return isOneInUse
    }

    /// Puts an event into the queue. On the thread of `writes` only.
    func put(_ event: [UInt8]) {
        let before = queue.dropped
        do throws(QueueError) {
            try queue.append(event)
            count { $0.events += 1 }
        } catch {
            count { $0.errors += 1 }
            logger.error(
                "an event is lost for the notification endpoint \(settings.name): \(error)",
                metadata: [LogField.event: "notification_lost"])
        }
        noteDropped(since: before)
        planSync()
        wake.yield()
    }

    private func noteDropped(since before: Int) {
        let dropped = queue.dropped - before
        count {
            $0.dropped += dropped
            $0.pending = queue.pending
        }
        guard dropped > 0 else { return }
        logger.warning(
            """
            the queue of the notification endpoint \(settings.name) is full: its \(Wording.count(dropped, "oldest event")) \
            dropped. See why \(settings.host) does not accept them, or raise queuelimit
            """, metadata: [LogField.event: "notification_dropped"])
    }

    private func count(_ change: (inout EndpointCounters) -> Void) {
        counted.withLock { change(&$0) }
    }

    /// The bridge to the other thread: one sync for all events of the interval.
    private func planSync() {
        guard !isSyncPlanned.exchange(true, ordering: .relaxed) else { return }
        _ = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: Self.syncInterval) { [self] in
            isSyncPlanned.store(false, ordering: .relaxed)
            writes.submit { [self] _ in
                let descriptors = queue.takeUnsynced()
                syncs.submit { _ in
                    for descriptor in descriptors {
                        fdatasync(descriptor)
                        close(descriptor)
                    }
                }
            }
        }
    }

    // MARK: - Delivery

    private func deliver() async {
        var failures = 0
        var waking = wakes.makeAsyncIterator()
        while !Task.isCancelled {
            guard let (event, position) = await front() else {
                _ = await waking.next()
                continue
            }
            let outcome = await send(event)
            switch outcome {
            case .accepted(let status):
                if failures >= settings.retry.threshold { logRecovery() }
                failures = 0
                count {
                    $0.successes += 1
                    $0.statuses[status, default: 0] += 1
                }
                await accept(position, length: event.count)
                continue
            case .refused(let status):
                count {
                    $0.failures += 1
                    $0.statuses[status, default: 0] += 1
                }
            case .failed: count { $0.errors += 1 }
            }
            if Task.isCancelled { return }
            failures += 1
            if failures == settings.retry.threshold { logTrouble(outcome, failures) }
            try? await Task.sleep(for: settings.retry.delay(after: failures))
        }
    }

    private func front() async -> (event: [UInt8], position: EventQueue.Position)? {
        try? await writes.runIfActive { [self] in
            let before = queue.dropped
            defer { if queue.dropped != before { noteDropped(since: before) } }
            return try queue.front()
        }
    }

    private func accept(_ position: EventQueue.Position, length: Int) async {
        do {
            // Not to be cancelled: what was accepted would be sent again.
            try await writes.runIfActive(eventLoop: MultiThreadedEventLoopGroup.singleton.next()) { [self] in
                try queue.accept(position, length: length)
                count { $0.pending = queue.pending }
            }.get()
        } catch {
            logger.error("\(error)", metadata: [LogField.event: "notification_queue_failed"])
        }
    }

    /// One attempt. Any answer of 2xx or 3xx accepts the event, as in distribution.
    private func send(_ event: [UInt8]) async -> Outcome {
        var request = HTTPClientRequest(url: settings.url.reveal())
        request.method = .POST
        request.tlsConfiguration = settings.trust
        for header in settings.headers { request.headers.add(name: header.name, value: header.value.reveal()) }
        request.headers.replaceOrAdd(name: "Content-Type", value: Self.contentType)
        request.headers.replaceOrAdd(name: "User-Agent", value: "dockmaster-registry")
        request.body = .bytes(ByteBuffer(bytes: RegistryEvent.envelope(event)))
        do {
            let response = try await OutboundClient.shared.execute(
                request, deadline: .now() + TimeAmount(settings.timeout))
            let status = Int(response.status.code)
            // Read to its end, or the connection could not be used again.
            _ = try? await response.body.collect(upTo: 64 << 10)
            return (200..<400).contains(status) ? .accepted(status) : .refused(status)
        } catch {
            return .failed(OutboundFailure.words(error))
        }
    }

    private func logTrouble(_ outcome: Outcome, _ failures: Int) {
        let reason: String
        switch outcome {
        case .accepted: return
        case .refused(let status): reason = "it answers \(status)"
        case .failed(let words): reason = words
        }
        logger.warning(
            """
            the notification endpoint \(settings.name) (\(settings.host)) has not accepted \
            \(Wording.count(failures, "attempt")): \(reason). \(Wording.count(counters.pending, "event")) wait on the disk and are sent again
            """, metadata: [LogField.event: "notification_endpoint_down", LogField.error: "\(reason)"])
    }

    private func logRecovery() {
        logger.info(
            "the notification endpoint \(settings.name) (\(settings.host)) accepts events again",
            metadata: [LogField.event: "notification_endpoint_up"])
    }
}

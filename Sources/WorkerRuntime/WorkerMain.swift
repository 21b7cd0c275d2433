import BundleConfig
import BundleLog
import Glibc
package import Logging

/// The life of a worker process: boot, ready, reload, drain.
package enum WorkerMain {
    /// EX_CONFIG of sysexits(3): the configuration is refused; restarting does not help.
    package static let configurationRefused: CInt = 78

    /// How long requests in flight may go on after SIGTERM. A second SIGTERM ends them.
    package static let drainTime: Duration = .seconds(25)

    private enum Event: Sendable {
        case signal(ServiceSignals.Signal)
        case failed(String)
        case drained
    }

    /// Runs the worker until it is told to stop, and gives its exit status.
    package static func run(_ worker: some Worker, component: String, level: Logger.Level = .info) async -> CInt {
        ServiceSignals.block()
        harden()
        BundleLog.bootstrap(level: level, component: component)
        let logger = Logger(label: component)
        let notifier = ServiceNotifier()
        let (events, post) = AsyncStream.makeStream(of: Event.self)
        let (failures, failed) = AsyncStream.makeStream(of: String.self)
        let context = WorkerContext(
            sockets: .take(), logger: logger, notifier: notifier, failures: failed)

        do {
            try await worker.start(context)
        } catch {
            report(error, logger: logger, doing: "start")
            return error is ConfigurationError || error is ConfigurationErrors ? configurationRefused : EXIT_FAILURE
        }
        notifier.ready()
        notifier.status("ready")

        return await withTaskGroup(of: Void.self) { group in
            group.addTask { for await signal in ServiceSignals.stream() { post.yield(.signal(signal)) } }
            group.addTask { for await problem in failures { post.yield(.failed(problem)) } }
            group.addTask { await keepWatchdogQuiet(notifier) }
            let status = await answer(events, post: post, worker: worker, logger: logger, notifier: notifier)
            group.cancelAll()
            return status
        }
    }

    private static func answer(
        _ events: AsyncStream<Event>, post: AsyncStream<Event>.Continuation, worker: some Worker, logger: Logger,
        notifier: ServiceNotifier
    ) async -> CInt {
        await withDiscardingTaskGroup { group in
            var draining = false
            for await event in events {
                switch event {
                case .signal(.reload) where !draining:
                    await reload(worker, logger: logger, notifier: notifier)
                case .signal(.stop) where !draining:
                    draining = true
                    notifier.stopping()
                    group.addTask {
                        await worker.drain(within: drainTime)
                        post.yield(.drained)
                    }
                case .signal(.reload): break
                case .signal(.stop): _exit(EXIT_SUCCESS)
                case .failed(let problem):
                    logger.critical("ends: \(problem)")
                    _exit(EXIT_FAILURE)
                case .drained:
                    return EXIT_SUCCESS
                }
            }
            return EXIT_SUCCESS
        }
    }

    private static func reload(_ worker: some Worker, logger: Logger, notifier: ServiceNotifier) async {
        notifier.reloading()
        do {
            try await worker.reload()
            notifier.status("ready")
            logger.info("reloaded its configuration")
        } catch {
            report(error, logger: logger, doing: "reload")
            notifier.status("ready on the old configuration: the new one is refused")
        }
        notifier.ready()
    }

    /// One line for each problem.
    private static func report(_ error: any Error, logger: Logger, doing: String) {
        let problems = (error as? ConfigurationErrors)?.errors.map(\.description) ?? ["\(error)"]
        for problem in problems {
            logger.error("cannot \(doing): \(problem)", metadata: [LogField.event: "\(doing)_refused"])
        }
    }

    /// Answers the watchdog twice in its interval, from the pool that serves requests: a wedged pool falls silent.
    private static func keepWatchdogQuiet(_ notifier: ServiceNotifier) async {
        guard let interval = notifier.watchdogInterval else { return }
        while !Task.isCancelled {
            notifier.watchdog()
            try? await Task.sleep(for: interval / 2)
        }
    }

    /// No file of ours is readable by others, and no core dump holds a key.
    private static func harden() {
        umask(0o077)
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    }
}

import BundleConfig
import BundleLog
import CLinux
import Glibc
import Logging

/// The life of a worker process: boot, ready, reload, drain.
package enum WorkerMain {
    /// EX_CONFIG of sysexits(3): the configuration is refused; restarting does not help.
    package static let configurationRefused: CInt = 78

    /// How long requests in flight may go on after SIGTERM. A second SIGTERM ends them. After SIGQUIT they may go on for as
    /// long as they move, which the workers' own limits see to, until SIGTERM comes.
    package static let drainTime: Duration = .seconds(25)

    private enum Event: Sendable {
        case signal(ServiceSignals.Signal)
        case failed(String)
        case drained
    }

    /// Runs the worker until it is told to stop, and ends the process with its exit status.
    ///
    /// Not for an `async` main: on Linux that ends in dispatch_main(), which parks the main thread in sigsuspend(2) with
    /// every signal open, so that SIGHUP would end the process whatever the other threads block. Here the main thread
    /// waits with the signals blocked, and was the first to block them.
    ///
    /// - Parameters:
    ///   - confinement: what this process may do from here on. Threads inherit it, so it comes before there are any.
    ///   - make: makes the worker, after the signals are blocked: the threads that it starts inherit that.
    package static func serve<Service: Worker>(
        component: String, confinement: Confinement, _ make: @escaping @Sendable () -> Service
    ) -> Never {
        ServiceSignals.block()
        let notes = confinement.enforce()
        // The bridge from the main thread to tasks; it ends with the process.
        Task.detached { Glibc.exit(await run(make(), component: component, notes: notes)) }
        while true { pause() }
    }

    /// Tries out what `--check` is for, and ends the process: with 0, or with 1 and every problem on standard error.
    /// - Parameter read: reads the configuration and gives its warnings.
    package static func check(_ read: () throws -> [String]) -> Never {
        do {
            for warning in try read() { StandardError.write(Array("warning: \(warning)\n".utf8)) }
            Glibc.exit(EXIT_SUCCESS)
        } catch {
            for problem in problems(of: error) { StandardError.write(Array("\(problem)\n".utf8)) }
            Glibc.exit(EXIT_FAILURE)
        }
    }

    /// Runs the worker until it is told to stop, and gives its exit status.
    private static func run(_ worker: some Worker, component: String, notes: [String]) async -> CInt {
        harden()
        BundleLog.bootstrap(level: .info, component: component)
        let logger = Logger(label: component)
        for note in notes { logger.notice("\(note)", metadata: [LogField.event: "confinement"]) }
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
        notifier.status(context.spoken.text ?? "ready")
        clinux_release_startup_memory()

        return await withTaskGroup(of: Void.self) { group in
            group.addTask { for await signal in ServiceSignals.stream() { post.yield(.signal(signal)) } }
            group.addTask { for await problem in failures { post.yield(.failed(problem)) } }
            group.addTask { await keepWatchdogQuiet(notifier) }
            let status = await answer(events, post: post, worker: worker, context: context)
            group.cancelAll()
            return status
        }
    }

    private static func answer(
        _ events: AsyncStream<Event>, post: AsyncStream<Event>.Continuation, worker: some Worker,
        context: WorkerContext
    ) async -> CInt {
        await withDiscardingTaskGroup { group in
            var draining: Task<Void, Never>?
            var isStopping = false
            for await event in events {
                switch (event, draining) {
                case (.signal(.reload), nil):
                    await reload(worker, context)
                case (.signal(.stop), nil), (.signal(.retire), nil):
                    if case .signal(.stop) = event { isStopping = true }
                    context.notifier.stopping()
                    if !isStopping { context.notifier.status("replaced: finishes what it has begun") }
                    draining = Task { [isStopping] in
                        await worker.drain(within: isStopping ? drainTime : nil)
                        post.yield(.drained)
                    }
                case (.signal(.stop), let task?) where !isStopping:
                    isStopping = true
                    group.addTask {
                        try? await Task.sleep(for: drainTime)
                        task.cancel()
                    }
                case (.signal(.reload), _), (.signal(.retire), _): break
                case (.signal(.stop), _): _exit(EXIT_SUCCESS)
                case (.failed(let problem), _):
                    context.logger.critical("ends: \(problem)")
                    _exit(EXIT_FAILURE)
                case (.drained, _):
                    group.cancelAll()
                    return EXIT_SUCCESS
                }
            }
            return EXIT_SUCCESS
        }
    }

    private static func reload(_ worker: some Worker, _ context: WorkerContext) async {
        let notifier = context.notifier
        notifier.reloading()
        do {
            try await worker.reload()
            notifier.status(context.spoken.text ?? "ready")
            context.logger.info("reloaded its configuration")
        } catch {
            report(error, logger: context.logger, doing: "reload")
            notifier.status("ready on the old configuration: the new one is refused")
        }
        notifier.ready()
    }

    private static func problems(of error: any Error) -> [String] {
        (error as? ConfigurationErrors)?.errors.map(\.description) ?? ["\(error)"]
    }

    /// One line for each problem.
    private static func report(_ error: any Error, logger: Logger, doing: String) {
        for problem in problems(of: error) {
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

    /// No file of ours is readable by others, no core dump holds a key, and memory stays where it is used.
    private static func harden() {
        umask(0o077)
        _ = clinux_forbid_core_dumps()
        clinux_raise_descriptor_limit()
        clinux_limit_arenas(2)
    }
}

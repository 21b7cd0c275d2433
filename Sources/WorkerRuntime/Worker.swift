package import Logging

/// One of the bundle's services, as the runtime sees it.
///
/// The runtime calls `start` once, then `reload` for each SIGHUP (never two at a time), and `drain` at the end.
package protocol Worker: Sendable {
    /// Reads the configuration, adopts or binds the sockets and begins to serve. Returns when connections are accepted.
    /// - Throws: a `ConfigurationError` or `ConfigurationErrors` for a refused configuration, or whatever went wrong.
    func start(_ context: WorkerContext) async throws

    /// Reads the configuration again and swaps to it in one step. Throwing leaves the old state in force.
    func reload() async throws

    /// Stops accepting, finishes what is in flight, and returns.
    /// - Parameter within: how long what is in flight may go on; nil: for as long as it takes. What is left when the time is
    ///   over, or the task is cancelled, is cut.
    func drain(within: Duration?) async
}

/// What the runtime gives a worker.
package struct WorkerContext: Sendable {
    package let sockets: InheritedSockets
    package let logger: Logger
    let notifier: ServiceNotifier
    let failures: AsyncStream<String>.Continuation
    /// What the worker has said of itself last, which the runtime repeats when it is ready.
    let spoken = SpokenStatus()

    /// Says in one sentence how the worker is (systemd's and the supervisor's STATUS).
    package func status(_ text: String) {
        spoken.note(text)
        notifier.status(text)
    }

    /// Ends the worker with a failure, as when a listener dies; the supervisor starts it anew.
    package func fail(_ problem: String) {
        failures.yield(problem)
    }
}

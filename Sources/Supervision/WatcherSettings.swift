/// What a `WatcherMachine` needs to know of its watcher: times, signals, and the restart policy.
package struct WatcherSettings: Sendable, Equatable, Hashable, Codable {
    package var policy: RestartPolicy
    /// Whether readiness is reported (`.ready`); otherwise the process counts as ready once it runs.
    package var awaitsReady: Bool
    /// How long a start may take until it counts as a failure.
    package var startTimeout: Duration
    /// How long a process may take to stop before it is killed.
    package var grace: Duration
    package var stopSignal: Int32
    /// Longest silence between two WATCHDOG=1; nil: none is expected.
    package var watchdog: Duration?
    /// Has the process read its configuration again; nil: it knows no such signal and would die of it (SIGHUP's default).
    package var reloadSignal: Int32?
    /// How a process that another has replaced ends; nil: as any that is stopped.
    package var retirement: Retirement?

    /// A process that serves nobody new, but may finish what it has begun.
    package struct Retirement: Sendable, Equatable, Hashable, Codable {
        /// Has it finish, and end then.
        package var signal: Int32
        /// How long that may take, until it is stopped.
        package var limit: Duration

        package init(signal: Int32, limit: Duration) {
            self.signal = signal
            self.limit = limit
        }
    }

    package init(
        policy: RestartPolicy = RestartPolicy(), awaitsReady: Bool = true, startTimeout: Duration = .seconds(60),
        grace: Duration = .seconds(30), stopSignal: Int32 = 15, watchdog: Duration? = nil, reloadSignal: Int32? = 1
    ) {
        self.policy = policy
        self.awaitsReady = awaitsReady
        self.startTimeout = startTimeout
        self.grace = grace
        self.stopSignal = stopSignal
        self.watchdog = watchdog
        self.reloadSignal = reloadSignal
    }
}

/// Where one process slot of a watcher stands. Every state but the last three owns a process or a timer.
package enum WatcherState: Sendable, Equatable, Codable {
    /// A process runs (or is being started) and has not said that it is ready.
    case starting(since: Duration, reload: Bool)
    /// Ready since then.
    case running(since: Duration)
    /// No process; a timer starts the next one.
    case backoff
    /// A process was told to stop; a timer kills it. What follows is in `next`.
    case stopping(next: AfterStop)
    /// A process was killed and has not been reaped yet; a timer kills it again.
    case killing(next: AfterStop)
    case stopped
    /// Ended by itself and not to be started again: a oneshot that is done.
    case finished(ProcessEnd)
    /// Given up, until somebody starts it.
    case failed

    /// What follows once a stopping process has ended.
    package enum AfterStop: Sendable, Equatable, Codable {
        case stopped
        /// Nothing either, but it has not been stopped yet: it finishes what it has begun.
        case retired
        /// The next process: an operator's restart, or one that had grown old.
        case start
        /// What the restart policy says of an end that was asked for: no failure.
        case policy
        /// The stop was our answer to a failure.
        case failure(Failure)
    }

    /// What counts as a failure, without a clock.
    package enum Failure: Sendable, Equatable, Codable {
        case startTimeout
        case watchdog(uptime: Duration)
        case unhealthy(uptime: Duration)
        /// By a hook; nil: before it was ready.
        case refused(uptime: Duration?)

        /// How long the process had been ready; nil when it never was.
        package var uptime: Duration? {
            switch self {
            case .startTimeout: nil
            case .watchdog(let uptime), .unhealthy(let uptime): uptime
            case .refused(let uptime): uptime
            }
        }
    }

    /// The state in a word, as `dockmaster status` shows it.
    package var word: String {
        switch self {
        case .starting: "starting"
        case .running: "running"
        case .backoff: "backoff"
        case .stopping, .killing: "stopping"
        case .stopped: "stopped"
        case .finished: "finished"
        case .failed: "failed"
        }
    }
}

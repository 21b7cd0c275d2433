/// What is worth telling about a watcher: logged, shown, and heard by plugins.
package enum WatcherReport: Sendable, Equatable {
    case started
    /// Taken over from the supervisor before this one.
    case adopted
    case becameReady(after: Duration)
    /// Ended without being asked to. `uptime` is nil when it was never ready.
    case died(ProcessEnd, uptime: Duration?, then: Sequel)
    case couldNotStart(then: Sequel)
    /// A hook refused the process; it is killed.
    case refused
    case startTimedOut(after: Duration)
    case watchdogExpired(after: Duration)
    /// Its health check says so; it is stopped. `after`: since it was ready.
    case unhealthy(after: Duration)
    /// It is old enough to be replaced; it is stopped.
    case aged(after: Duration)
    case stopping
    /// Another has taken its place; it finishes what it has begun, for `limit` at most.
    case retiring(limit: Duration)
    /// It has not finished within its retirement's limit; it is stopped.
    case retirementExpired(after: Duration)
    /// What the stop has taken so far; it is killed.
    case graceExpired(after: Duration)
    case stopped(ProcessEnd?)
    /// Ended as expected, for good.
    case finished(ProcessEnd)

    /// What the restart policy makes of a failure.
    package enum Sequel: Sendable, Equatable {
        case restart(after: Duration, failures: Int, limit: Int?, window: Duration)
        case gaveUp(failures: Int, window: Duration)
        /// The exit code says that another start would end the same way.
        case hopeless
        /// `respawn: never`.
        case notRestarted
    }
}

/// What is worth telling about a watcher: logged, shown, and heard by plugins.
package enum WatcherReport: Sendable, Equatable {
    case started
    case becameReady(after: Duration)
    /// Ended without being asked to. `uptime` is nil when it was never ready.
    case died(ProcessEnd, uptime: Duration?, then: Sequel)
    case couldNotStart(then: Sequel)
    case startTimedOut(after: Duration)
    case watchdogExpired(after: Duration)
    case stopping
    case graceExpired(after: Duration)
    case stopped(ProcessEnd?)
    case finished(ProcessEnd)

    /// What the restart policy makes of a failure.
    package enum Sequel: Sendable, Equatable {
        case restart(after: Duration, failures: Int, limit: Int?, window: Duration)
        case gaveUp(failures: Int, window: Duration)
        /// The exit code says that another start would end the same way.
        case hopeless
    }
}

internal import Supervision

/// What an operator or a plugin asks of watchers. `Arbiter.carryOut` is the one place that obeys.
enum WatcherOrder: Sendable, Equatable {
    case start
    case stop
    /// Stop, then start: at once for all instances, or one after the other.
    case restart(sequential: Bool)
    /// As the watcher's `reload:` says, or as given here.
    case reload(WatcherDefinition.ReloadManner?)
    case signal(Int32, SignalTargets)
    /// The stop signal (or the one given), then SIGKILL after the grace time (or the one given). The policy restarts it.
    case kill(signal: Int32?, grace: Duration?, pid: Int32?)
    case scale(Scale)

    struct SignalTargets: Sendable, Equatable {
        /// One process instead of all; nil: every instance.
        var pid: Int32?
        /// Its children instead of itself; all descendants when `recursive`.
        var children = false
        var recursive = false
    }

    enum Scale: Sendable, Equatable {
        case to(Int)
        case by(Int)
    }
}

/// What became of an order, watcher by watcher.
struct OrderOutcome: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var watcher: String
        /// "started", "stopped", "already running", "3 instances" …
        var result: String
        /// Why it could not be done, and what to do; nil: done.
        var problem: String?
        var remedy: String?
    }

    var entries: [Entry] = []
    var isComplete: Bool { entries.allSatisfy { $0.problem == nil } }
}

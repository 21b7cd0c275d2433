package import Logging
import Synchronization

/// How a process of the bundle logs: one JSON object a line on standard error.
///
/// The supervisor reads the lines from a pipe and puts them into journald, into the watcher's file and on the terminal.
package enum BundleLog {
    private static let order = Atomic<Int>(Logger.Level.info.order)

    /// Makes every `Logger` of this process write JSON lines to standard error. To be called once, first of all.
    package static func bootstrap(level: Logger.Level, component: String) {
        setLevel(level)
        LoggingSystem.bootstrap { _ in JSONLineHandler(component: component) }
    }

    /// Changes the level of all loggers at once, as a reload does.
    package static func setLevel(_ level: Logger.Level) {
        order.store(level.order, ordering: .relaxed)
    }

    private static let observer = Mutex<(@Sendable (ObservedLog) -> Void)?>(nil)

    /// Gives every entry that is logged to somebody besides standard error; nil to nobody. It must not wait, and not log.
    package static func observe(_ new: (@Sendable (ObservedLog) -> Void)?) {
        observer.withLock { $0 = new }
    }

    static var observing: (@Sendable (ObservedLog) -> Void)? { observer.withLock { $0 } }

    package static var level: Logger.Level {
        Logger.Level.allCases[order.load(ordering: .relaxed)]
    }
}

extension Logger.Level {
    /// The position among the levels, from trace (0) to critical.
    fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Reads the level names of docker_auth, distribution and nginx too.
    package init?(name: String) {
        switch name.lowercased() {
        case "trace": self = .trace
        case "debug": self = .debug
        case "info": self = .info
        case "notice": self = .notice
        case "warn", "warning": self = .warning
        case "error", "err": self = .error
        case "crit", "critical", "fatal", "panic", "alert", "emerg": self = .critical
        default: return nil
        }
    }
}

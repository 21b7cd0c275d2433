/// A command that runs at a turn of a watcher's life.
/// - It gets DOCKMASTER_HOOK, DOCKMASTER_WATCHER, DOCKMASTER_INSTANCE and, where there is one, DOCKMASTER_PID,
///   DOCKMASTER_SIGNAL, DOCKMASTER_EXIT_CODE (negative: the signal) in its environment; its output is the watcher's log.
package struct HookDefinition: Sendable, Equatable, Hashable, Codable {
    /// Circus's names. What a refusal (a non-zero exit, or no exit within `timeout`) does stands beside each.
    package enum Point: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
        /// Refusal: the watcher is not started.
        case beforeStart = "before_start"
        /// Refusal: it is stopped again.
        case afterStart = "after_start"
        /// Refusal: this process is not started; an attempt that failed.
        case beforeSpawn = "before_spawn"
        /// Refusal: this process is killed; an attempt that failed.
        case afterSpawn = "after_spawn"
        /// Refusal: the signal is not sent, KILL excepted.
        case beforeSignal = "before_signal"
        case afterSignal = "after_signal"
        case beforeStop = "before_stop"
        case afterStop = "after_stop"
        case beforeReap = "before_reap"
        /// s6's and runit's finish script.
        case afterReap = "after_reap"

        /// Whether it is about the watcher as a whole: start, stop, and restart by an order, which is both.
        package var isOfWatcher: Bool {
            switch self {
            case .beforeStart, .afterStart, .beforeStop, .afterStop: true
            case .beforeSpawn, .afterSpawn, .beforeSignal, .afterSignal, .beforeReap, .afterReap: false
            }
        }
    }

    package var point: Point
    package var command: [String]
    /// Whether a refusal is only logged.
    package var ignoresFailure: Bool
    package var timeout: Duration

    package init(point: Point, command: [String], ignoresFailure: Bool = false, timeout: Duration = .seconds(10)) {
        self.point = point
        self.command = command
        self.ignoresFailure = ignoresFailure
        self.timeout = timeout
    }
}

internal import ProcessControl
internal import Supervision

/// A watcher: what it is to be, its places with their processes, and processes that are on their way out.
final class Watcher {
    enum Goal {
        case up
        case down
        /// Down, and forgotten then.
        case removed
    }

    var definition: WatcherDefinition
    var goal: Goal
    /// The places, by number from 1. Each has at most one process that serves.
    var slots: [WatcherSlot] = []
    /// Replaced and surplus processes that have not ended yet.
    var retiring: [WatcherSlot] = []
    /// Processes started so far.
    var instances = 0
    /// Why it is not started although it should be; nil: it may start.
    var refusal: String?
    /// Whether it is not ready and may never be: a start of it has failed, or it waits for one of which this is true. The
    /// supervisor's own start does not wait for it.
    var isHeldUp = false
    /// How it stood when it was looked at last.
    var noted = WatcherStanding()
    /// Whether it waits in the arbiter's queue.
    var isQueued = false
    /// Orders that wait for a state.
    var waits: [OrderWait] = []
    /// The change of processes that is under way, and those that come after it.
    var rollout: Rollout?
    var queuedRollouts: [Rollout] = []
    /// Before when the next of its processes may not be started, and what wakes it then.
    var nextStart: MonotonicTime?
    var startTimer: EventLoop.Timer?

    /// Hooks that run or wait for their turn; those that have let pass what they may refuse, and those being asked.
    var hookRuns: [HookRun] = []
    var passed: Set<HookDefinition.Point> = []
    var asked: Set<HookDefinition.Point> = []
    /// Holds an on-demand watcher back, and looks at its sockets meanwhile.
    var gate = OnDemandGate()
    var demand: SocketWatch?
    /// Turns clients away while the watcher is failed.
    var turningAway: SocketWatch?

    /// Whether its cgroup limits have been told to be without effect.
    var isToldUnlimited = false

    init(definition: WatcherDefinition) {
        self.definition = definition
        goal = definition.autostart ? .up : .down
    }

    var name: String { definition.name }

    /// Every slot that may have a process: places, replacements and those on their way out.
    var everySlot: [WatcherSlot] {
        slots + slots.compactMap(\.incoming) + retiring
    }

    /// Whether it is down for the moment of a restart only.
    var isComingBack: Bool { goal == .down && rollout?.isDown == true }

    var isIdle: Bool { everySlot.allSatisfy(\.isIdle) }

    /// Whether it does what it is there for: every process is ready, or its task is done.
    var isReady: Bool { standing.isReady }

    var hasFailed: Bool { refusal != nil || slots.contains { $0.machine.state == .failed } }

    var standing: WatcherStanding {
        WatcherStanding(
            isStarted: slots.allSatisfy { $0.hasStarted || $0.isFinished },
            isReady: slots.allSatisfy { $0.isFinished || ($0.isReady && !definition.isOneshot) },
            isHealthy: slots.allSatisfy { $0.isFinished || ($0.isReady && $0.isHealthy && !definition.isOneshot) },
            isCompleted: slots.allSatisfy(\.isFinished), isIdle: isIdle, hasFailed: hasFailed,
            hasStumbled: slots.contains { $0.machine.history.count > 0 },
            isUnhealthy: slots.contains { $0.health.isHealthy == false })
    }
}

/// How far a watcher has come, as others that depend on it see it.
struct WatcherStanding: Equatable {
    var isStarted = false
    var isReady = false
    var isHealthy = false
    var isCompleted = false
    var isIdle = true
    var hasFailed = false
    /// Whether some process of it has failed since it was last told to start.
    var hasStumbled = false
    var isUnhealthy = false

    func fulfils(_ condition: Dependency.Condition) -> Bool {
        switch condition {
        case .started: isStarted
        case .ready: isReady
        case .healthy: isHealthy
        case .completed: isCompleted
        }
    }
}

internal import Supervision

/// A watcher: what it is to be, the process that serves, and those that come and go during a replacement.
final class Watcher {
    enum Goal {
        case up
        case down
        /// Down, and forgotten then.
        case removed
    }

    var definition: WatcherDefinition
    var goal = Goal.up
    var current: WatcherSlot
    /// The process that is to replace `current` once it is ready.
    var incoming: WatcherSlot?
    /// Replaced processes that have not ended yet.
    var retiring: [WatcherSlot] = []
    /// Processes started so far.
    var instances = 0

    init(definition: WatcherDefinition, slot: WatcherSlot) {
        self.definition = definition
        current = slot
    }

    var name: String { definition.name }

    var slots: [WatcherSlot] { [current] + (incoming.map { [$0] } ?? []) + retiring }

    /// Whether no process of it runs and none will by itself.
    var isIdle: Bool {
        slots.allSatisfy { slot in
            switch slot.machine.state {
            case .stopped, .finished, .failed: true
            case .starting, .running, .backoff, .stopping, .killing: false
            }
        }
    }
}

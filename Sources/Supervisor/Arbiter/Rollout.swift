internal import ProcessControl
internal import Supervision

/// A change of a watcher's processes that is under way: place by place, or all at once.
final class Rollout {
    enum Manner: Equatable {
        /// Every process reads its configuration again.
        case signal
        /// New processes beside the old ones; these end once all of those are ready.
        case replace
        /// One place after the other: stop, start, ready, next.
        case sequential
        /// All stop, then all start.
        case terminate
        /// The watcher is stopped and started, with the hooks that go with that. Those that depend on it stay up.
        case whole
    }

    var manner: Manner
    /// What the watcher is to be; nil: what it is already.
    let definition: WatcherDefinition?
    /// The one place that is concerned; nil: all.
    let only: Int?
    /// Sequential: the places that have not had their turn. Otherwise those that are waited for.
    var places: [WatcherSlot] = []
    /// Replace: new processes that have not been started, for their watcher pauses between two starts (`warmup_delay`).
    var unstarted: [WatcherSlot] = []
    /// Whole: the watcher is down for now, and comes up again once its processes have ended.
    var isDown = false
    /// Whether there was no process to change: the next ones will be what they are to be.
    var isMoot = false
    /// The process that each place had before, by the slot's number.
    var before: [Int: Int] = [:]
    var hasBegun = false
    var deadline: EventLoop.Timer?
    /// Called once, with what went wrong.
    let answer: (String?) -> Void

    init(
        _ manner: Manner, to definition: WatcherDefinition? = nil, only: Int? = nil,
        _ answer: @escaping (String?) -> Void
    ) {
        self.manner = manner
        self.definition = definition
        self.only = only
        self.answer = answer
    }
}

internal import Glibc
internal import ProcessControl
internal import Supervision

/// One run of a hook's command. A watcher's hooks run one after another, in the order of what they tell.
final class HookRun {
    let hook: HookDefinition
    let slot: WatcherSlot
    /// What the command finds in its environment besides the watcher's own.
    let variables: [String: String]
    /// Whether what follows may happen; nil for a run that nobody waits for any more.
    private var then: ((Bool) -> Void)?
    private(set) var child: ChildProcess?
    var timer: EventLoop.Timer?
    private(set) var isOver = false

    init(_ hook: HookDefinition, _ slot: WatcherSlot, _ variables: [String: String], then: @escaping (Bool) -> Void) {
        self.hook = hook
        self.slot = slot
        self.variables = variables
        self.then = then
    }

    func runs(as child: ChildProcess) { self.child = child }

    /// Ends the command at once; what waits for it is refused.
    func kill() { child?.signalGroup(SIGKILL) }

    func finish(_ isAllowed: Bool) {
        guard !isOver else { return }
        isOver = true
        child = nil
        let then = then
        self.then = nil
        then?(isAllowed)
    }
}

internal import Glibc
internal import ProcessControl
internal import Supervision

// A stop leaves nothing behind: the process group, then everything in the slot's control group; where there is none,
// what was below the process when it was told to stop, and whatever of it came to us as orphan.

extension Arbiter {
    // MARK: Control groups

    /// Has the slot's next process begin in a control group of its own.
    /// - Returns: a descriptor to be closed once the process runs; −1 without a group.
    func enterControlGroup(_ slot: WatcherSlot, _ request: inout SpawnRequest) throws(SystemError) -> CInt {
        let limits = slot.definition.attributes.controlGroup
        guard let groups = controlGroups else {
            if limits != nil {
                tellUnlimited(slot, "there is no control group tree (cgroup v2) that dockmaster may write")
            }
            return -1
        }
        if slot.controlGroup == nil { slot.controlGroup = groups.make("\(slot.watcher).\(slot.number)") }
        guard let group = slot.controlGroup else { return -1 }
        let entrance = try groups.entrance(group).release()
        if let limits, let problem = groups.limit(group, limits) { tellUnlimited(slot, problem) }
        request.controlGroup = entrance
        return entrance
    }

    /// Once a watcher: an operator who asked for a limit must know that there is none.
    private func tellUnlimited(_ slot: WatcherSlot, _ problem: String) {
        guard let watcher = watchers[slot.watcher], !watcher.isToldUnlimited else { return }
        watcher.isToldUnlimited = true
        log.warning(
            "\(slot.watcher): its cgroup limits are not obeyed: \(problem)",
            [("event", "unlimited"), ("watcher", slot.watcher)])
    }

    // MARK: Killing

    func killEverything(of slot: WatcherSlot) {
        slot.child?.signalGroup(SIGKILL)
        if let group = slot.controlGroup { controlGroups?.kill(group) }
    }

    /// Notes what is below a process, which cannot be found any more once it has ended.
    func noteTree(of slot: WatcherSlot) {
        guard slot.controlGroup == nil, let child = slot.child else { return }
        slot.tree = ProcessTable.descendants(of: child.pid).compactMap { pid in
            ProcessTable.startTime(of: pid).map { (pid, $0) }
        }
    }

    /// Signals everything below a process but itself (`stop_children`).
    func signalTree(of slot: WatcherSlot, _ number: Int32) {
        guard let child = slot.child else { return }
        for pid in ProcessTable.descendants(of: child.pid) where pid != slot.mainProcess { kill(pid, number) }
    }

    /// Ends what a process has left behind that has just ended. Its group has been killed already.
    func leftBehind(by slot: WatcherSlot) {
        for (pid, started) in slot.tree where ProcessTable.startTime(of: pid) == started { kill(pid, SIGKILL) }
        slot.tree = []
        guard slot.controlGroup == nil, surroundings.adoptsOrphans, !looksForOrphans else { return }
        looksForOrphans = true
        loop.after(.zero) { [weak self] in self?.endOrphans() }
    }

    /// Kills orphans of ours that a process of a watcher has left which is not there any more.
    func endOrphans() {
        looksForOrphans = false
        let alive = Set(slots.values.lazy.filter { $0.child != nil }.map(\.title))
        hasKilledOrphans = false
        for pid in ProcessTable.children() where !reaper.expects(pid) {
            guard let title = Self.origin(of: pid), !alive.contains(title) else { continue }
            for descendant in ProcessTable.descendants(of: pid) { kill(descendant, SIGKILL) }
            kill(pid, SIGKILL)
            hasKilledOrphans = true
        }
    }

    /// SIGCHLD: somebody has ended, and what an orphan had below it has come to us.
    func reap() {
        reaper.sweep()
        controlGroups?.tidyUp()
        if hasKilledOrphans { endOrphans() }
    }

    /// "registry[2]": the process of a watcher that a process was started by, as its environment tells.
    private static func origin(of pid: ProcessID) -> String? {
        var watcher: Substring?
        var instance: Substring?
        for line in (TextFile.read("/proc/\(pid)/environ") ?? "").split(separator: "\0") {
            if line.hasPrefix("DOCKMASTER_WATCHER=") { watcher = line.dropFirst(19) }
            if line.hasPrefix("DOCKMASTER_INSTANCE=") { instance = line.dropFirst(20) }
        }
        guard let watcher, let instance else { return nil }
        return "\(watcher)[\(instance)]"
    }
}

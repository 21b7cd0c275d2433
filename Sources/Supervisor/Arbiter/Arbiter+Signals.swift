internal import Glibc
internal import ProcessControl
internal import Supervision

// Signals to processes, by operators and plugins.

extension Arbiter {
    func signal(
        _ number: Int32, _ targets: WatcherOrder.SignalTargets, _ watcher: Watcher, _ answer: @escaping EntryAnswer
    ) {
        guard let slots = chosen(targets.pid, watcher, answer)?.filter({ $0.child != nil }) else { return }
        var count = 0
        var missing = slots.count
        let tell = {
            answer(
                .init(
                    watcher: watcher.name, result: count == 1 ? "1 process signalled" : "\(count) processes signalled"))
        }
        guard missing > 0 else { return tell() }
        for slot in slots {
            // Signal 0 only asks whether there is a process.
            let send: (ChildProcess?) -> Void = { child in
                if let child { count += self.send(number, targets, slot, child) }
                missing -= 1
                if missing == 0 { tell() }
            }
            if number == 0 { send(slot.child) } else { askToSignal(number, slot, send) }
        }
    }

    /// - Returns: how many processes were signalled.
    private func send(
        _ number: Int32, _ targets: WatcherOrder.SignalTargets, _ slot: WatcherSlot, _ child: ChildProcess
    ) -> Int {
        if targets.children || targets.recursive {
            return ProcessTable.descendants(of: child.pid, recursive: targets.recursive)
                .count { kill($0, number) == 0 }
        }
        // Whoever names a pid means that process.
        if targets.pid == child.pid { return child.signal(number) ? 1 : 0 }
        return signalMain(of: slot, child, number) ? 1 : 0
    }

    /// Ends processes; the policy starts the next ones.
    func terminate(
        _ watcher: Watcher, _ number: Int32?, _ grace: Duration?, _ pid: Int32?, waits: Bool,
        _ answer: @escaping EntryAnswer
    ) {
        guard let slots = chosen(pid, watcher, answer) else { return }
        let children = slots.compactMap { slot in slot.child.map { (slot, $0) } }
        let words = children.count == 1 ? "1 process killed" : "\(children.count) processes killed"
        for (slot, _) in children { feed(.terminate(signal: number, grace: grace), to: slot) }
        guard waits else { return answer(.init(watcher: watcher.name, result: words)) }
        let limit = (grace ?? watcher.definition.settings.grace) + .seconds(10)
        wait(for: watcher, limit, answer) { watcher in
            children.allSatisfy { slot, child in slot.child !== child }
                ? .init(watcher: watcher.name, result: words) : nil
        }
    }

    /// The slots an order means; nil when it has been answered: no process has that pid.
    private func chosen(_ pid: Int32?, _ watcher: Watcher, _ answer: EntryAnswer) -> [WatcherSlot]? {
        guard let pid else { return watcher.everySlot }
        let slots = watcher.everySlot.filter { $0.child?.pid == pid || $0.mainProcess == pid }
        guard slots.isEmpty else { return slots }
        answer(
            .init(
                watcher: watcher.name, result: "unknown", problem: "\(watcher.name) has no process \(pid)",
                remedy: "see dockmaster list \(watcher.name)"))
        return nil
    }
}

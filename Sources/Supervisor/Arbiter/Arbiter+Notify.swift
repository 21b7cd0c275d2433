internal import Glibc
internal import ProcessControl
internal import Supervision

// What processes report about themselves.

extension Arbiter {
    func takeNotifications() {
        while let message = notifySocket.next() {
            guard let slot = slot(of: message.sender) else { continue }
            for field in message.fields { take(field, from: slot, sender: message.sender) }
        }
        advance()
    }

    /// The slot whose process, or a member of whose process group, has this pid.
    private func slot(of pid: ProcessID) -> WatcherSlot? {
        if let slot = slotsByProcess[pid] { return slot }
        let group = getpgid(pid)
        return group > 0 ? slotsByProcess[group] : nil
    }

    private func take(_ field: NotifyField, from slot: WatcherSlot, sender: ProcessID) {
        switch field {
        case .ready:
            if slot.reload == .answered || slot.reload == .refused { reloadAnswered(slot) }
            feed(.ready, to: slot)
        case .reloading: if slot.reload == .asked { slot.reload = .answered }
        case .stopping: slot.status = "stopping"
        case .status(let text):
            slot.status = text
            // WorkerRuntime's way to say that the process keeps its old state.
            if slot.reload == .answered, text.hasPrefix("ready on the old configuration") { slot.reload = .refused }
        case .watchdog: feed(.alive, to: slot)
        case .watchdogTrigger: feed(.stuck, to: slot)
        case .mainProcess(let pid):
            // Only a process of the same group: nobody can have us signal a stranger.
            if pid != slot.child?.pid, let child = slot.child, getpgid(pid) == child.pid { slot.mainProcess = pid }
        case .extendTimeout(let duration): feed(.extend(duration), to: slot)
        case .other: break
        }
    }
}

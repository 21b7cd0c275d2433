internal import ProcessControl
internal import Supervision

// How the arbiter and its watchers stand.

extension Arbiter {
    var status: StatusReport {
        let word =
            switch phase {
            case .starting: "starting"
            case .running: reload == nil ? "running" : "reloading"
            case .stopping: "stopping"
            }
        return StatusReport(
            version: Version.text, state: word, uptime: MonotonicTime.now.since(startedAt),
            watchers: order.compactMap { watchers[$0] }.map(status), sockets: sockets.addresses,
            plugins: plugins.statuses)
    }

    private func status(_ watcher: Watcher) -> StatusReport.WatcherStatus {
        let instances = watcher.everySlot.map(instance)
        let isWaited = watcher.goal == .up && watcher.slots.allSatisfy { $0.machine.state == .stopped }
        let state =
            watcher.refusal != nil
            ? "failed" : isWaited ? "waiting" : Self.state(watcher.slots.map(\.machine.state.word))
        let isReady = watcher.goal == .up && watcher.isReady
        let isAsWanted = watcher.goal == .up ? isReady : watcher.isIdle && state != "failed"
        let ownReason = watcher.slots.lazy.compactMap { slot -> String? in
            switch slot.machine.state {
            case .failed, .backoff: slot.lastEndSentence ?? slot.spawnProblem
            case .starting, .running, .stopping, .killing, .stopped, .finished: nil
            }
        }.first
        return .init(
            name: watcher.name, state: state, isReady: isReady, isAsWanted: isAsWanted, instances: instances,
            reason: watcher.refusal ?? ownReason)
    }

    private func instance(_ slot: WatcherSlot) -> StatusReport.Instance {
        let isWaiting = slot.machine.state == .stopped && watchers[slot.watcher]?.goal == .up
        return .init(
            number: slot.instance, pid: slot.child?.pid, state: isWaiting ? "waiting" : slot.machine.state.word,
            uptime: slot.child == nil ? nil : slot.startedAt.map { MonotonicTime.now.since($0) },
            restarts: slot.restarts, status: slot.status, lastEnd: slot.lastEndSentence)
    }

    /// The state of several processes in one word: the one that asks most for attention.
    static func state(_ states: [String]) -> String {
        let byAttention = ["failed", "backoff", "stopping", "waiting", "starting", "running", "finished", "stopped"]
        return byAttention.first { states.contains($0) } ?? "stopped"
    }
}

extension WatcherSlot {
    /// "SIGSEGV 4 min ago"; nil while nothing has ended, or ended as it should.
    var lastEndSentence: String? {
        guard let lastEnd, lastEnd.status != .code(0) else { return nil }
        return "\(lastEnd.status) \(Words.duration(MonotonicTime.now.since(lastEnd.time))) ago"
    }
}

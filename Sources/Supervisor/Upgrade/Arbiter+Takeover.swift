internal import Glibc
internal import ProcessControl
internal import Supervision

// Going on where this process's earlier program stopped.

extension Arbiter {
    /// Puts everything as the state has it. Called once, instead of a first start, before `start()`.
    func takeOver(_ state: UpgradeState) {
        phase = state.isStarting ? .starting : .running
        unproven = Set(state.unproven)
        banner = nil
        startedAt = MonotonicTime(nanoseconds: state.startedAt)
        upgrades.count = state.upgrades
        order = state.order.filter { watchers[$0] != nil }
        // Plugins start anew; those of before have lost their pipes.
        for pid in state.pluginProcesses { kill(-pid, SIGKILL) }
        for saved in state.watchers {
            guard let watcher = watchers[saved.definition.name] else { continue }
            watcher.goal = saved.goal.goal
            watcher.instances = saved.instances
            watcher.refusal = saved.refusal
            watcher.passed = Set(saved.passed)
            for (slot, saved) in zip(watcher.slots, saved.slots) { restore(slot, saved) }
            for saved in saved.retiring {
                let slot = makeSlot(saved.definition, place: saved.place)
                watcher.retiring.append(slot)
                restore(slot, saved)
            }
            watcher.noted = watcher.standing
            // The gate of one that runs is open; one that waits is watched again with the first look at it.
            if watcher.goal == .up, watcher.slots.contains(where: { $0.machine.state != .stopped }) { demand(watcher) }
            touch(watcher.name)
        }
        for leftover in state.leftovers { restore(leftover) }
    }

    /// Tells that the new program runs, once the loop is about to.
    func announceTakeover() {
        let running = slotsByProcess.count
        log.info(
            "dockmaster \(Version.text) has taken over; \(running) processes go on",
            [("event", "upgraded"), ("version", Version.text)])
        if phase == .running { surroundings.notifier.ready("ready: \(readyWords)") }
        reap()
    }

    private func restore(_ slot: WatcherSlot, _ saved: UpgradeState.Slot) {
        slot.definition = saved.definition
        slot.machine = saved.machine
        slot.instance = saved.instance
        slot.restarts = saved.restarts
        slot.mainProcess = saved.mainProcess
        slot.startedAt = saved.startedAt.map { MonotonicTime(nanoseconds: $0) }
        slot.status = saved.status
        slot.spawnProblem = saved.spawnProblem
        slot.lastEnd = saved.lastEnd.map { (UpgradeState.status($0.end), MonotonicTime(nanoseconds: $0.time)) }
        slot.controlGroup = saved.controlGroup
        if let group = saved.controlGroup { controlGroups?.resume(group) }
        slot.tree = saved.tree.map { ($0.pid, $0.started) }
        slot.health = saved.health
        for output in saved.outputs { restore(output, of: slot, instance: saved.instance) }
        if let due = saved.timerDue {
            arm(slot, generation: saved.timerGeneration, due: MonotonicTime(nanoseconds: due))
        }
        guard let pid = saved.pid else { return }
        guard let child = ChildProcess.existing(pid) else {
            // It was our child and nobody else could have reaped it; should it be gone all the same, it has ended.
            loop.after(.zero) { [weak self, weak slot] in
                guard let self, let slot else { return }
                self.feed(.exited(.signal(SIGKILL)), to: slot)
                self.advance()
            }
            return
        }
        slot.child = child
        expectEnd(of: child, in: slot)
        attend(slot)
    }

    private func restore(_ output: UpgradeState.Output, of slot: WatcherSlot, instance: Int) {
        let stream = output.isError ? LogStream.error : .output
        relay.post(
            .adopt(
                slot: slot.number, watcher: slot.watcher, stream: stream, file: output.file,
                rotation: slot.definition.rotation ?? settings.rotation, descriptor: output.reading,
                rest: Hexadecimal.bytes(output.rest)))
        relay.post(.spawned(slot: slot.number, instance: instance))
        if let writing = output.writing { slot.adoptOutput(stream, file: output.file, writing) }
    }

    private func restore(_ leftover: UpgradeState.Leftover) {
        let number = nextSlot
        nextSlot += 1
        let output = leftover.output
        relay.post(
            .adopt(
                slot: number, watcher: leftover.watcher, stream: output.isError ? .error : .output, file: output.file,
                rotation: settings.rotation, descriptor: output.reading, rest: Hexadecimal.bytes(output.rest)))
        relay.post(.spawned(slot: number, instance: leftover.instance))
    }
}

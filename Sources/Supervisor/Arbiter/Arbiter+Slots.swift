internal import Glibc
internal import ProcessControl
internal import Supervision

// Carrying out what the state machines decide.

extension Arbiter {
    func feed(_ event: WatcherEvent, to slot: WatcherSlot) {
        for action in slot.machine.handle(event, at: MonotonicTime.now.sinceBoot) { perform(action, for: slot) }
        touch(slot.watcher)
    }

    private func perform(_ action: WatcherAction, for slot: WatcherSlot) {
        switch action {
        case .spawn: spawn(slot)
        case .arm(let generation, let delay):
            if let timer = slot.timer { loop.cancel(timer) }
            slot.timer = loop.after(delay) { [weak self, weak slot] in
                guard let self, let slot else { return }
                self.feed(.timer(generation: generation), to: slot)
                self.advance()
            }
        case .signal(let number): signal(number, slot)
        case .killGroup: slot.child?.signalGroup(SIGKILL)
        // Spawns are answered at once.
        case .abandonSpawn: break
        case .report(let report): tell(report, of: slot)
        }
    }

    private func signal(_ number: Int32, _ slot: WatcherSlot) {
        let settings = slot.machine.settings
        if number == settings.reloadSignal, slot.isReady, settings.awaitsReady, slot.definition.readiness == .notify {
            slot.reload = .asked
        }
        guard let child = slot.child else { return }
        // A main process that has ended may have left its number to a stranger.
        if let main = slot.mainProcess, getpgid(main) == child.pid { kill(main, number) } else { child.signal(number) }
    }

    // MARK: Starting

    private func spawn(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher] else { return feed(.spawnFailed, to: slot) }
        watcher.instances += 1
        spawnCount += 1
        if slot.instance > 0 { slot.restarts += 1 }
        slot.instance = watcher.instances
        slot.status = ""
        slot.mainProcess = nil
        slot.reload = .none
        slot.spawnProblem = nil
        launch(slot)
    }

    private func launch(_ slot: WatcherSlot) {
        do {
            var request = try request(for: slot)
            try connectOutput(of: slot, &request)
            relay.post(.spawned(slot: slot.number, instance: slot.instance))
            let child = try Spawner.spawn(request)
            slot.child = child
            slot.startedAt = .now
            slotsByProcess[child.pid] = slot
            reaper.expect(child) { [weak self, weak slot] status in
                guard let self, let slot else { return }
                self.ended(slot, child, status)
            }
            feed(.spawned, to: slot)
        } catch {
            slot.spawnProblem = "\(error)"
            slot.spawnCode = LaunchProblem.shellCode(error)
            feed(.spawnFailed, to: slot)
        }
    }

    private func ended(_ slot: WatcherSlot, _ child: ChildProcess, _ status: ExitStatus) {
        slot.lastEnd = (status, .now)
        let end: ProcessEnd =
            switch status {
            case .code(let code): .code(code)
            case .signal(let signal): .signal(signal)
            }
        slotsByProcess[child.pid] = nil
        // The group is killed through the child's number, which is why the child is let go only afterwards.
        feed(.exited(end), to: slot)
        if slot.child === child { slot.child = nil }
        advance()
    }
}

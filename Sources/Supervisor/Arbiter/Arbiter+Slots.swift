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
        if let main = slot.mainProcess { kill(main, number) } else { slot.child?.signal(number) }
    }

    // MARK: Starting

    private func spawn(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher] else { return }
        watcher.instances += 1
        spawnCount += 1
        if slot.instance > 0 { slot.restarts += 1 }
        slot.instance = watcher.instances
        slot.status = ""
        slot.mainProcess = nil
        slot.reload = .none
        do {
            let output = try slot.outputDescriptor(relay)
            relay.post(.spawned(slot: slot.number, instance: slot.instance))
            let child = try Spawner.spawn(request(for: slot, output: output))
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
            feed(.spawnFailed, to: slot)
        }
    }

    private func request(for slot: WatcherSlot, output: CInt) -> SpawnRequest {
        let definition = slot.definition
        var request = SpawnRequest(definition.command.first ?? "", Array(definition.command.dropFirst()))
        request.environment = surroundings.environment.merging(definition.environment) { _, own in own }
        request.environment["NOTIFY_SOCKET"] = notifySocket.path
        request.environment["DOCKMASTER_WATCHER"] = slot.watcher
        request.environment["DOCKMASTER_INSTANCE"] = "\(slot.instance)"
        if let watchdog = definition.settings.watchdog {
            request.environment["WATCHDOG_USEC"] = "\(watchdog.components.seconds * 1_000_000)"
        }
        request.folder = definition.folder
        request.sockets = sockets.inherited(by: definition)
        request.input = nullInput.number
        request.output = output
        request.error = output
        request.parentDeathSignal = definition.parentDeathSignal
        return request
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

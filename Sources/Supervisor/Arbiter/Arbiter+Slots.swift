internal import Glibc
internal import ProcessControl
internal import Supervision

// Carrying out what the state machines decide.

extension Arbiter {
    func feed(_ event: WatcherEvent, to slot: WatcherSlot) {
        for action in slot.machine.handle(event, at: MonotonicTime.now.sinceBoot) { perform(action, for: slot) }
        attend(slot)
        touch(slot.watcher)
    }

    private func perform(_ action: WatcherAction, for slot: WatcherSlot) {
        switch action {
        case .spawn: spawn(slot)
        case .arm(let generation, let delay):
            arm(slot, generation: generation, due: MonotonicTime.now.advanced(by: delay))
        case .signal(let number): signal(number, slot)
        case .killGroup: killEverything(of: slot)
        case .abandonSpawn: abandonSpawn(slot)
        case .report(let report): tell(report, of: slot)
        }
    }

    private func signal(_ number: Int32, _ slot: WatcherSlot) {
        let settings = slot.machine.settings
        if number == settings.reloadSignal, slot.isReady, settings.awaitsReady, slot.definition.readiness == .notify {
            slot.reload = .asked
        }
        askToSignal(number, slot) { [weak self] child in
            guard let self, let child else { return }
            let isStop =
                switch slot.machine.state {
                case .stopping: true
                case .starting, .running, .backoff, .killing, .stopped, .finished, .failed: false
                }
            if isStop {
                self.noteTree(of: slot)
                if slot.definition.stopsChildren { self.signalTree(of: slot, number) }
            }
            self.signalMain(of: slot, child, number)
        }
    }

    /// Has a signal sent as the hooks `before_signal` and `after_signal` want it. KILL is not asked about.
    /// - Parameter send: called once, now or later: with the process, or with nil where there is none or it may not be.
    func askToSignal(_ number: Int32, _ slot: WatcherSlot, _ send: @escaping (ChildProcess?) -> Void) {
        guard let child = slot.child, number != SIGKILL else { return send(slot.child) }
        let watcher = watchers[slot.watcher]
        let variables = ["DOCKMASTER_SIGNAL": SignalName.name(number)]
        run(.beforeSignal, watcher, slot, variables) { [weak self] isAllowed in
            guard let self, isAllowed, slot.child === child else { return send(nil) }
            send(child)
            self.run(.afterSignal, watcher, slot, variables)
        }
    }

    /// Signals the process that MAINPID= named, or the child itself.
    /// - Returns: whether there was a process.
    @discardableResult
    func signalMain(of slot: WatcherSlot, _ child: ChildProcess, _ number: Int32) -> Bool {
        // A main process that has ended may have left its number to a stranger.
        if let main = slot.mainProcess, getpgid(main) == child.pid { return kill(main, number) == 0 }
        return child.signal(number)
    }

    /// Replaces the slot's timer. One whose time has passed fires at once.
    func arm(_ slot: WatcherSlot, generation: Int, due: MonotonicTime) {
        if let timer = slot.timer { loop.cancel(timer) }
        slot.timerDue = due
        slot.timerGeneration = generation
        slot.timer = loop.after(due.since(.now)) { [weak self, weak slot] in
            guard let self, let slot else { return }
            slot.timerDue = nil
            self.feed(.timer(generation: generation), to: slot)
            self.advance()
        }
    }

    /// Has a slot told of its process's end.
    func expectEnd(of child: ChildProcess, in slot: WatcherSlot) {
        slotsByProcess[child.pid] = slot
        reaper.expect(child) { [weak self, weak slot] status in
            guard let self, let slot else { return }
            self.ended(slot, child, status)
        }
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
        run(.beforeSpawn, watcher, slot) { [weak self, weak slot] isAllowed in
            guard let self, let slot else { return }
            if isAllowed { return self.launch(slot) }
            slot.spawnProblem = "its hook before_spawn refuses"
            self.feed(.spawnFailed, to: slot)
        }
    }

    private func launch(_ slot: WatcherSlot) {
        do {
            var request = try request(for: slot)
            try connectOutput(of: slot, &request)
            let entrance = try enterControlGroup(slot, &request)
            defer { if entrance >= 0 { close(entrance) } }
            relay.post(.spawned(slot: slot.number, instance: slot.instance))
            let child: ChildProcess
            if case .descriptor(let number) = slot.definition.readiness {
                let pipe = try slot.makeReadinessPipe()
                request.placed.append(.init(descriptor: pipe.number, at: number))
                child = try Spawner.spawn(request)
            } else {
                child = try Spawner.spawn(request)
            }
            began(slot, child)
        } catch {
            slot.spawnProblem = "\(error)"
            slot.spawnCode = LaunchProblem.shellCode(error)
            feed(.spawnFailed, to: slot)
        }
    }

    private func began(_ slot: WatcherSlot, _ child: ChildProcess) {
        slot.child = child
        slot.startedAt = .now
        expectEnd(of: child, in: slot)
        feed(.spawned, to: slot)
        run(.afterSpawn, watchers[slot.watcher], slot) { [weak self, weak slot] isAllowed in
            guard let self, let slot, !isAllowed, slot.child === child else { return }
            self.feed(.refused, to: slot)
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
        let watcher = watchers[slot.watcher]
        let variables = ["DOCKMASTER_EXIT_CODE": "\(Self.circusCode(end))"]
        run(.beforeReap, watcher, slot, variables)
        // The group is killed through the child's number, which is why the child is let go only afterwards.
        feed(.exited(end), to: slot)
        if slot.child === child { slot.child = nil }
        leftBehind(by: slot)
        run(.afterReap, watcher, slot, variables)
        advance()
    }

    /// As circus tells hooks: the code, or the signal as a negative number.
    private static func circusCode(_ end: ProcessEnd) -> Int32 {
        switch end {
        case .code(let code): code
        case .signal(let number): -number
        }
    }
}

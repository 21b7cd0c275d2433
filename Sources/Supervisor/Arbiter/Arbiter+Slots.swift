internal import Glibc
internal import ProcessControl
internal import Supervision

// Carrying out what the state machines decide.

extension Arbiter {
    func feed(_ event: WatcherEvent, to slot: WatcherSlot) {
        for action in slot.machine.handle(event, at: MonotonicTime.now.sinceBoot) { perform(action, for: slot) }
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
        case .signal(let number):
            if number == SIGHUP, slot.isReady { slot.reload = .asked }
            if let main = slot.mainProcess { kill(main, number) } else { slot.child?.signal(number) }
        case .killGroup: slot.child?.signalGroup(SIGKILL)
        case .report(let report): tell(report, of: slot)
        }
    }

    // MARK: Starting

    private func spawn(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher] else { return }
        watcher.instances += 1
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
            reaper.expect(child) { [weak self, weak slot] status in
                guard let self, let slot else { return }
                self.ended(slot, status)
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

    private func ended(_ slot: WatcherSlot, _ status: ExitStatus) {
        slot.lastEnd = (status, .now)
        let end: ProcessEnd =
            switch status {
            case .code(let code): .code(code)
            case .signal(let signal): .signal(signal)
            }
        // The group is killed through the child's number, which is why the child is let go only afterwards.
        let child = slot.child
        feed(.exited(end), to: slot)
        if slot.child === child { slot.child = nil }
        advance()
    }

    // MARK: Telling

    private func tell(_ report: WatcherReport, of slot: WatcherSlot) {
        if let sentence = ReportSentence(report, slot: slot.title, reason: slot.spawnProblem) {
            var fields = [
                ("event", sentence.event), ("watcher", slot.watcher), ("instance", "\(slot.instance)"),
            ]
            if let pid = slot.child?.pid { fields.append(("pid", "\(pid)")) }
            let hint = "See: \(logsFolder)/\(slot.watcher)/\(slot.watcher).log"
            if sentence.isDeath {
                relay.post(
                    .death(
                        slot: slot.number,
                        .init(level: sentence.level.rawValue, sentence: sentence.text, hint: hint, fields: fields)))
            } else {
                relay.post(.record(SupervisorLog.line(sentence.level.rawValue, sentence.text, fields)))
            }
        }
        follow(report, of: slot)
    }

    /// What else a report means: a reload's step is done, a replacement is ready, a start has failed for good.
    private func follow(_ report: WatcherReport, of slot: WatcherSlot) {
        switch report {
        case .becameReady: becameReady(slot)
        case .died(let end, _, let sequel):
            if slot.reload != .none { reloadInterrupted(slot) }
            if sequel != .hopeless, case .restart = sequel { return }
            gaveUp(slot, end)
        case .couldNotStart(let sequel):
            if case .restart = sequel { return }
            gaveUp(slot, nil)
        case .finished(let end): if end != .code(0) { gaveUp(slot, end) }
        case .stopped: if !isStopping { retireIfReplaced(slot) }
        case .started, .startTimedOut, .watchdogExpired, .stopping, .graceExpired: break
        }
    }

    private func gaveUp(_ slot: WatcherSlot, _ end: ProcessEnd?) {
        if let watcher = watchers[slot.watcher], watcher.incoming === slot {
            watcher.incoming = nil
            retire(slot)
            finishReloadStep(watcher.name, problem: "its new instance did not become ready; the old one goes on")
            return
        }
        finishReloadStep(slot.watcher, problem: "it failed")
        if phase == .starting {
            let code: CInt = end == .code(78) ? 78 : 1
            stop(code: code, why: "\(slot.watcher) did not start")
        } else if !isStopping {
            surroundings.notifier.status("\(slot.watcher) has failed")
        }
    }

    var isStopping: Bool {
        if case .stopping = phase { true } else { false }
    }

    /// What the process ends with.
    var exitCode: CInt {
        if case .stopping(let code) = phase { code } else { 0 }
    }

    // MARK: Ending

    /// Forgets a slot that no process will use again.
    func retire(_ slot: WatcherSlot) {
        if let timer = slot.timer { loop.cancel(timer) }
        slot.closeOutput(relay)
        slots[slot.number] = nil
    }

    func retireIfReplaced(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher], watcher.retiring.contains(where: { $0 === slot }) else { return }
        watcher.retiring.removeAll { $0 === slot }
        retire(slot)
        closeUnusedSockets()
    }

    func closeUnusedSockets() {
        guard reload == nil else { return }
        sockets.keep(watchers.values.flatMap { $0.slots.flatMap(\.definition.sockets) + $0.definition.sockets })
    }
}

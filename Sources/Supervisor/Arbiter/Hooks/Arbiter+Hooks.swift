internal import Glibc
internal import ProcessControl
internal import Supervision

// Commands at the turns of a watcher's life. They run beside everything else; only what they may refuse waits for them.

extension Arbiter {
    /// Runs a hook where there is one.
    /// - Parameter then: called once with whether what follows may happen; at once where there is no such hook.
    func run(
        _ point: HookDefinition.Point, _ watcher: Watcher?, _ slot: WatcherSlot?, _ variables: [String: String] = [:],
        then: @escaping (Bool) -> Void = { _ in }
    ) {
        guard let watcher, !watcher.definition.hooks.isEmpty,
            let hook = watcher.definition.hooks.first(where: { $0.point == point }),
            let slot = slot ?? watcher.slots.first
        else { return then(true) }
        var variables = variables
        variables["DOCKMASTER_HOOK"] = point.rawValue
        if let pid = slot.child?.pid { variables["DOCKMASTER_PID"] = "\(pid)" }
        watcher.hookRuns.append(HookRun(hook, slot, variables, then: then))
        if watcher.hookRuns.count == 1 { startHook(watcher) }
    }

    private func startHook(_ watcher: Watcher) {
        guard let run = watcher.hookRuns.first else { return }
        do {
            var request = try request(for: run.slot, command: run.hook.command)
            try connectOutput(of: run.slot, &request)
            request.environment.merge(run.variables) { _, own in own }
            let child = try Spawner.spawn(request)
            run.runs(as: child)
            let timeout = run.hook.timeout
            run.timer = loop.after(timeout) { [weak self, weak run] in
                guard let self, let run else { return }
                self.tell(run, watcher, "gave no answer within \(Words.duration(timeout))")
                run.kill()
            }
            reaper.expect(child) { [weak self] status in
                guard let self else { return }
                if status != .code(0), !run.isOver { self.tell(run, watcher, "ended with \(status)") }
                self.hookEnded(run, watcher, isAllowed: status == .code(0) || run.hook.ignoresFailure)
                self.advance()
            }
        } catch {
            tell(run, watcher, "could not be run: \(error)")
            hookEnded(run, watcher, isAllowed: run.hook.ignoresFailure)
        }
    }

    private func hookEnded(_ run: HookRun, _ watcher: Watcher, isAllowed: Bool) {
        if let timer = run.timer { loop.cancel(timer) }
        watcher.hookRuns.removeAll { $0 === run }
        run.finish(isAllowed)
        if let next = watcher.hookRuns.first, next.child == nil { startHook(watcher) }
        touch(watcher.name)
    }

    /// The process that a slot's `before_spawn` was to decide about is not wanted any more.
    func abandonSpawn(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher],
            let run = watcher.hookRuns.first(where: { $0.hook.point == .beforeSpawn && $0.slot === slot })
        else { return }
        guard run.child == nil else { return run.kill() }
        // It waits for its turn. From the loop: the state machine's actions brought us here.
        loop.after(.zero) { [weak self, weak watcher] in
            guard let self, let watcher, !run.isOver else { return }
            if run.child == nil { self.hookEnded(run, watcher, isAllowed: false) } else { run.kill() }
            self.advance()
        }
    }

    private func tell(_ run: HookRun, _ watcher: Watcher, _ what: String) {
        let point = run.hook.point.rawValue
        let fields = [("event", "hook_failure"), ("watcher", watcher.name), ("hook", point)]
        let sentence = "\(watcher.name): its hook \(point) \(what)"
        if run.hook.ignoresFailure { log.warning(sentence, fields) } else { log.error(sentence, fields) }
    }

    // MARK: Turns of a watcher

    /// Whether `before_start` lets the watcher start; asks where that is not known yet.
    func passesBeforeStart(_ watcher: Watcher) -> Bool {
        if watcher.passed.contains(.beforeStart) { return true }
        guard watcher.asked.insert(.beforeStart).inserted else { return false }
        run(.beforeStart, watcher, nil) { [weak self, weak watcher] isAllowed in
            guard let self, let watcher else { return }
            watcher.asked.remove(.beforeStart)
            if isAllowed {
                watcher.passed.insert(.beforeStart)
            } else {
                self.refuse(watcher, "its hook before_start refuses")
            }
            self.touch(watcher.name)
        }
        return watcher.passed.contains(.beforeStart)
    }

    /// Whether `before_stop` has run; runs it where it has not.
    func passesBeforeStop(_ watcher: Watcher) -> Bool {
        if watcher.passed.contains(.beforeStop) { return true }
        guard watcher.asked.insert(.beforeStop).inserted else { return false }
        run(.beforeStop, watcher, nil) { [weak self, weak watcher] _ in
            guard let self, let watcher else { return }
            watcher.asked.remove(.beforeStop)
            watcher.passed.insert(.beforeStop)
            self.touch(watcher.name)
        }
        return watcher.passed.contains(.beforeStop)
    }

    /// Tells hooks that a watcher has come up or gone down.
    func tellHooks(_ watcher: Watcher, _ standing: WatcherStanding, before: WatcherStanding) {
        guard !watcher.definition.hooks.isEmpty else { return }
        if watcher.goal == .up, standing.isReady, !standing.isIdle, watcher.passed.insert(.afterStart).inserted {
            run(.afterStart, watcher, nil) { [weak self, weak watcher] isAllowed in
                guard let self, let watcher, !isAllowed, watcher.goal == .up else { return }
                watcher.goal = .down
                watcher.refusal = "its hook after_start refuses"
                self.touch(watcher.name)
            }
        }
        if watcher.goal != .up, standing.isIdle, !before.isIdle {
            watcher.passed = []
            run(.afterStop, watcher, nil)
        }
    }
}

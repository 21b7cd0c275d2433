internal import ProcessControl
internal import Supervision

// Changing a watcher's processes: by signal, side by side, one after the other, or all at once.

extension Arbiter {
    /// Queues a change; those of one watcher come one after another, those of several side by side.
    func roll(_ rollout: Rollout, _ watcher: Watcher) {
        watcher.queuedRollouts.append(rollout)
        touch(watcher.name)
    }

    /// Takes a watcher's rollout as far as it goes now.
    func progress(_ watcher: Watcher) {
        while true {
            if watcher.rollout == nil, !watcher.queuedRollouts.isEmpty {
                watcher.rollout = watcher.queuedRollouts.removeFirst()
            }
            guard let rollout = watcher.rollout else { return }
            if watcher.goal != .up, isStopping || !rollout.isDown || watcher.goal == .removed {
                end(rollout, watcher, problem: "it was stopped meanwhile")
                continue
            }
            if !rollout.hasBegun { begin(rollout, watcher) }
            guard let result = outcome(rollout, watcher) else { return }
            // The next one begins with the next look: hooks are told first what this one has come to.
            return end(rollout, watcher, problem: result.problem)
        }
    }

    private func begin(_ rollout: Rollout, _ watcher: Watcher) {
        rollout.hasBegun = true
        if rollout.manner != .signal, watcher.slots.allSatisfy({ $0.machine.state == .stopped }) {
            // It waits for others, or for a connection, and must go on waiting.
            rollout.isMoot = true
            if let definition = rollout.definition { adopt(definition, watcher) }
            return
        }
        if rollout.manner == .replace {
            if watcher.definition.isSingleton || rollout.definition?.isSingleton == true {
                rollout.manner = .sequential
            }
            // Nothing serves that a second process could stand beside.
            if rollout.only == nil, !watcher.slots.allSatisfy(\.isReady) { rollout.manner = .terminate }
        }
        let limit = patience(rollout, watcher)
        rollout.deadline = loop.after(limit) { [weak self, weak watcher, weak rollout] in
            guard let self, let watcher, let rollout, watcher.rollout === rollout else { return }
            self.end(rollout, watcher, problem: "no answer within \(Words.duration(limit))")
            self.advance()
        }
        for slot in watcher.slots { rollout.before[slot.number] = slot.instance }
        rollout.places = watcher.slots
        switch rollout.manner {
        case .signal:
            if let definition = rollout.definition { adopt(definition, watcher) }
            for slot in watcher.slots {
                slot.reloadProblem = nil
                if slot.machine.state == .failed { feed(.start, to: slot) } else { feed(.reload, to: slot) }
            }
        case .replace:
            let definition = rollout.definition ?? watcher.definition
            for slot in watcher.slots where rollout.only == nil || rollout.only == slot.place {
                let incoming = makeSlot(definition, place: slot.place, triesOnce: true)
                slot.incoming = incoming
                rollout.unstarted.append(incoming)
            }
        case .sequential:
            if let definition = rollout.definition { adopt(definition, watcher) }
            rollout.places = watcher.slots
            if let first = watcher.slots.first { restart(first, of: watcher) }
        case .terminate:
            if let definition = rollout.definition { adopt(definition, watcher) }
            for slot in watcher.slots { restart(slot, of: watcher) }
        case .whole:
            rollout.isDown = true
            watcher.goal = .down
            touch(watcher.name)
        }
    }

    /// Ends a place's process for another one. Where there is a pause between two starts it is only stopped: what is
    /// stopped and should be up is started when its turn has come.
    private func restart(_ slot: WatcherSlot, of watcher: Watcher) {
        if slot.machine.state == .stopped { return touch(watcher.name) }
        feed(watcher.definition.warmup > .zero ? .stop : .restart, to: slot)
    }

    private struct Outcome {
        var problem: String?
    }

    /// - Returns: nil while it is under way.
    private func outcome(_ rollout: Rollout, _ watcher: Watcher) -> Outcome? {
        if rollout.isMoot { return Outcome() }
        switch rollout.manner {
        case .signal:
            guard watcher.slots.allSatisfy({ $0.reload == .none && ($0.isReady || $0.isIdle) }) else { return nil }
            if watcher.hasFailed { return Outcome(problem: "it failed") }
            return Outcome(problem: watcher.slots.lazy.compactMap(\.reloadProblem).first)
        case .replace: return replaced(rollout, watcher)
        case .sequential:
            while let place = rollout.places.first {
                if place.machine.state == .failed { return Outcome(problem: "\(place.title) failed") }
                guard hasNewProcess(place, rollout) else { return nil }
                rollout.places.removeFirst()
                if let next = rollout.places.first { restart(next, of: watcher) }
            }
            return Outcome()
        case .whole where rollout.isDown:
            comeUp(watcher, rollout)
            return nil
        case .terminate, .whole:
            if watcher.hasFailed { return Outcome(problem: "it failed") }
            return watcher.slots.allSatisfy { hasNewProcess($0, rollout) } ? Outcome() : nil
        }
    }

    /// The second half of a whole restart.
    private func comeUp(_ watcher: Watcher, _ rollout: Rollout) {
        guard watcher.isIdle else { return }
        // Its hooks are told of the stop first.
        guard watcher.noted.isIdle else { return touch(watcher.name) }
        rollout.isDown = false
        bringUp(watcher)
    }

    private func hasNewProcess(_ slot: WatcherSlot, _ rollout: Rollout) -> Bool {
        slot.instance != rollout.before[slot.number] && (slot.isReady || slot.isFinished)
    }

    private func replaced(_ rollout: Rollout, _ watcher: Watcher) -> Outcome? {
        let incoming = watcher.slots.compactMap(\.incoming)
        // Those of places that are gone are not wanted any more.
        rollout.unstarted.removeAll { slot in !incoming.contains { $0 === slot } }
        while let next = rollout.unstarted.first, mayStartInstance(watcher) {
            rollout.unstarted.removeFirst()
            feed(.start, to: next)
        }
        guard rollout.unstarted.isEmpty else {
            return incoming.contains { $0.machine.state == .failed } ? Outcome(problem: Self.notReady) : nil
        }
        if incoming.contains(where: { $0.isIdle && !$0.isFinished }) {
            return Outcome(problem: Self.notReady)
        }
        guard incoming.allSatisfy({ $0.isReady || $0.isFinished }) else { return nil }
        for (index, old) in watcher.slots.enumerated() {
            guard let new = old.incoming else { continue }
            old.incoming = nil
            watcher.slots[index] = new
            retire(old, of: watcher)
        }
        adopt(rollout.definition ?? watcher.definition, watcher)
        return Outcome()
    }

    private static let notReady = "its new instance did not become ready; the old one goes on"

    private func end(_ rollout: Rollout, _ watcher: Watcher, problem: String?) {
        if let deadline = rollout.deadline { loop.cancel(deadline) }
        watcher.rollout = nil
        for slot in watcher.slots {
            guard let incoming = slot.incoming else { continue }
            slot.incoming = nil
            retire(incoming, of: watcher)
        }
        for slot in watcher.slots { slot.reload = .none }
        touch(watcher.name)
        rollout.answer(problem)
    }

    private func patience(_ rollout: Rollout, _ watcher: Watcher) -> Duration {
        let settings = (rollout.definition ?? watcher.definition).settings
        let pause = Duration.seconds(5) + watcher.definition.warmup * watcher.slots.count
        switch rollout.manner {
        case .signal, .replace: return settings.startTimeout + pause
        case .sequential: return (settings.startTimeout + settings.grace) * max(1, watcher.slots.count) + pause
        case .terminate: return settings.startTimeout + settings.grace + pause
        case .whole:
            let hooks = watcher.definition.hooks.reduce(.zero) { $0 + $1.timeout }
            return settings.startTimeout + settings.grace + hooks + pause
        }
    }

    // MARK: What processes say of a reload

    func reloadAnswered(_ slot: WatcherSlot) {
        if slot.reload == .refused { slot.reloadProblem = "it keeps its old configuration; its log says why" }
        slot.reload = .none
        touch(slot.watcher)
    }

    func reloadInterrupted(_ slot: WatcherSlot) {
        guard slot.reload != .none else { return }
        slot.reload = .none
        slot.reloadProblem = "it died during the reload"
    }
}

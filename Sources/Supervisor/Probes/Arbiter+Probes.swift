internal import PluginInterface
internal import ProcessControl
internal import Supervision

// What accompanies a process: its readiness is waited for, then its health and its age are watched.

extension Arbiter {
    /// Begins and ends what a slot's state asks for. Called after each of its events.
    func attend(_ slot: WatcherSlot) {
        switch slot.machine.state {
        case .starting:
            slot.endHealth(loop)
            if !slot.machine.isSpawning, slot.child != nil { awaitReadiness(slot) }
        case .running:
            slot.readiness = nil
            watchHealth(slot)
            watchAge(slot)
        case .backoff, .stopping, .killing, .stopped, .finished, .failed:
            slot.readiness = nil
            slot.endHealth(loop)
        }
    }

    private func awaitReadiness(_ slot: WatcherSlot) {
        guard slot.readiness == nil else { return }
        switch slot.definition.readiness {
        case .started, .notify: return
        case .descriptor, .probe: watchReadiness(slot, slot.definition.readiness)
        // Counted from its start, not from an upgrade of ours.
        case .after(let delay):
            let age = slot.startedAt.map { MonotonicTime.now.since($0) } ?? .zero
            watchReadiness(slot, .after(max(.zero, delay - age)))
        }
    }

    private func watchReadiness(_ slot: WatcherSlot, _ readiness: Readiness) {
        slot.readiness = ReadinessWatch(
            readiness, loop: loop, pipe: slot.takeReadinessPipe(), command: command(for: slot)
        ) { [weak self, weak slot] in
            guard let self, let slot else { return }
            self.feed(.ready, to: slot)
            self.advance()
        }
    }

    private func watchHealth(_ slot: WatcherSlot) {
        guard let check = slot.definition.health else { return slot.endHealth(loop, keepsAge: true) }
        if slot.healthWatch?.check == check { return }
        slot.healthWatch = HealthWatch(check, loop: loop, command: command(for: slot)) {
            [weak self, weak slot] problem in
            guard let self, let slot else { return }
            self.take(problem, check, slot)
            self.advance()
        }
    }

    /// What a health check has said.
    private func take(_ problem: String?, _ check: HealthCheck, _ slot: WatcherSlot) {
        let reason = problem ?? ""
        touch(slot.watcher)
        switch slot.health.take(passed: problem == nil, threshold: check.threshold) {
        case .none, .healthy: break
        case .failed(let count, let threshold):
            publish(.checkFailed, slot, ["reason": reason, "failures": "\(count)", "threshold": "\(threshold)"])
        case .recovered(let failures):
            log.info("\(slot.title) is healthy again", fields("check_recovered", slot))
            publish(.checkRecovered, slot, ["failures": "\(failures)"])
        case .unhealthy(let failures):
            log.error(
                "\(slot.title) is unhealthy: \(reason) (\(failures) checks failed in a row)",
                fields("check_failed", slot))
            publish(.checkFailed, slot, ["reason": reason, "failures": "\(failures)", "unhealthy": "true"])
            switch check.action {
            case .ignore: break
            case .restart: feed(.unhealthy, to: slot)
            case .shutdown: shutDown(code: 1, why: "\(slot.title) is unhealthy: \(reason)")
            }
        }
    }

    private func fields(_ event: String, _ slot: WatcherSlot) -> [(String, String)] {
        [("event", event), ("watcher", slot.watcher), ("instance", "\(slot.instance)")]
    }

    // MARK: Age

    private func watchAge(_ slot: WatcherSlot) {
        guard slot.ageTimer == nil, let limit = slot.definition.ageLimit(draw: .random(in: 0...1)) else { return }
        var age = Duration.zero
        if case .running(let since) = slot.machine.state { age = MonotonicTime.now.sinceBoot - since }
        slot.ageTimer = loop.after(max(.zero, limit - age)) { [weak self, weak slot] in
            guard let self, let slot else { return }
            slot.ageTimer = nil
            self.replaceAged(slot)
            self.advance()
        }
    }

    /// Side by side where the watcher may have two processes; otherwise the old one ends first.
    private func replaceAged(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher], watcher.goal == .up, slot.isReady else { return }
        guard ReloadPlan.manner(from: slot.definition, to: slot.definition) == .sideBySide,
            watcher.slots.contains(where: { $0 === slot })
        else { return feed(.aged, to: slot) }
        log.info("\(slot.title) is replaced: it has reached its max_age", fields("aged", slot))
        roll(
            Rollout(.replace, only: slot.place) { [weak self] problem in
                guard let self, let problem else { return }
                self.log.error("\(watcher.name): max_age: \(problem)", [("event", "aged"), ("watcher", watcher.name)])
            }, watcher)
    }

    // MARK: Commands

    /// Runs the command of a probe as the slot's own process would run.
    private func command(for slot: WatcherSlot) -> ProbeRun.Command {
        { [weak self, weak slot] words, ended in
            guard let self, let slot else { throw LaunchProblem(problem: "it is gone", remedy: "start it") }
            var request = try self.request(for: slot, command: words)
            request.output = self.nullOutput.number
            request.error = self.nullOutput.number
            let child = try Spawner.spawn(request)
            self.reaper.expect(child, ended)
            return child
        }
    }
}

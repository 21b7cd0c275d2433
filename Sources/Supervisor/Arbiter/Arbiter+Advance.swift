internal import CLinux
internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

// Going on: after every change the watchers that it may concern are looked at, and only those.

extension Arbiter {
    /// How many processes are started before the loop gets its turn.
    private static let startsAtOnce = 32

    /// Has a watcher looked at with the next `advance()`.
    func touch(_ name: String) {
        guard let watcher = watchers[name], !watcher.isQueued else { return }
        watcher.isQueued = true
        queue.append(name)
    }

    /// Takes the next steps: starts whose time has come, stops whose dependents are gone. Called after every change.
    func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        var index = 0
        let limit = spawnCount + Self.startsAtOnce
        while index < queue.count, spawnCount < limit {
            let name = queue[index]
            index += 1
            guard let watcher = watchers[name] else { continue }
            watcher.isQueued = false
            look(at: watcher)
        }
        queue.removeFirst(index)
        isAdvancing = false
        guard queue.isEmpty else {
            loop.after(.zero) { [weak self] in self?.advance() }
            return
        }
        switch phase {
        case .starting: if unsettled.isEmpty { finishStarting() }
        case .running: break
        case .stopping:
            guard busy.isEmpty, !plugins.isEnding else { break }
            // Plugins last: they hear that everything has stopped.
            if plugins.stop({ [weak self] in self?.endLeftovers() }) { endLeftovers() }
        }
    }

    private func look(at watcher: Watcher) {
        forgetRetired(watcher)
        switch watcher.goal {
        case .up: startIfDue(watcher)
        case .down, .removed: stopIfDue(watcher)
        }
        progress(watcher)
        note(watcher)
    }

    /// Tells those whom a watcher's new standing concerns.
    private func note(_ watcher: Watcher) {
        let name = watcher.name
        let standing = watcher.standing
        let before = watcher.noted
        watcher.noted = standing
        if standing != before {
            for dependent in dependents[name] ?? [] { touch(dependent) }
        }
        tellHooks(watcher, standing, before: before)
        noteDemand(watcher, standing)
        turnClientsAway(watcher, standing)
        if standing.isIdle && watcher.hookRuns.isEmpty { busy.remove(name) } else { busy.insert(name) }
        settle(watcher, standing)
        if standing.isIdle && (!before.isIdle || watcher.goal != .up) {
            for dependency in watcher.definition.dependencies where watchers[dependency.watcher]?.goal != .up {
                touch(dependency.watcher)
            }
        }
        answerWaits(watcher)
        if standing.isIdle && watcher.goal == .removed && watcher.hookRuns.isEmpty { forget(watcher) }
    }

    /// Notes whether a watcher has come where the supervisor's own start waits for it to be.
    private func settle(_ watcher: Watcher, _ standing: WatcherStanding) {
        if standing.isReady { unproven.remove(watcher.name) }
        let isHeldUp = isHeldUp(watcher, standing)
        if isHeldUp != watcher.isHeldUp {
            watcher.isHeldUp = isHeldUp
            for dependent in dependents[watcher.name] ?? [] { touch(dependent) }
        }
        let isThere = watcher.goal != .up || standing.isReady || standing.hasFailed
        if isThere || isHeldUp { unsettled.remove(watcher.name) } else { unsettled.insert(watcher.name) }
        if isThere, late.remove(watcher.name) != nil, late.isEmpty, phase == .running,
            watchers.values.allSatisfy({ !$0.hasFailed })
        {
            log.info(
                "everything is ready after \(Words.duration(MonotonicTime.now.since(startedAt)))", [("event", "ready")])
            surroundings.notifier.status("ready: \(readyWords)")
        }
    }

    private func isHeldUp(_ watcher: Watcher, _ standing: WatcherStanding) -> Bool {
        // Without one of these the start has not succeeded: it is waited for to the end.
        guard watcher.goal == .up, !standing.isReady, !unproven.contains(watcher.name) else { return false }
        if standing.hasStumbled || standing.hasFailed || watcher.gate.state == .waiting { return true }
        guard let blocker = blocker(of: watcher), let other = watchers[blocker.watcher] else { return false }
        return other.isHeldUp || other.goal != .up
            || blocker.condition == .healthy && other.noted.isUnhealthy
    }

    // MARK: Starting

    private func startIfDue(_ watcher: Watcher) {
        guard !isStopping, watcher.refusal == nil else { return }
        let due = watcher.slots.filter { $0.machine.state == .stopped }
        guard !due.isEmpty, isDemanded(watcher), isAllowedToStart(watcher), passesBeforeStart(watcher),
            mayStart(watcher)
        else { return }
        for slot in due {
            guard mayStartInstance(watcher) else { return }
            feed(.start, to: slot)
        }
    }

    /// Whether everything that it depends on has come far enough.
    private func isAllowedToStart(_ watcher: Watcher) -> Bool {
        for dependency in watcher.definition.requires {
            guard let other = watchers[dependency.watcher], other.hasFailed else { continue }
            refuse(watcher, "\(dependency.watcher), which it requires, has failed")
            return false
        }
        return blocker(of: watcher) == nil
    }

    /// The first dependency that a watcher waits for. One that nobody wants to run is waited for only where it is
    /// required.
    func blocker(of watcher: Watcher) -> Dependency? {
        watcher.definition.requires.first { !isFulfilled($0) }
            ?? watcher.definition.after.first { dependency in
                guard let other = watchers[dependency.watcher] else { return false }
                if other.goal != .up && other.isIdle { return false }
                return !isFulfilled(dependency)
            }
    }

    private func isFulfilled(_ dependency: Dependency) -> Bool {
        watchers[dependency.watcher]?.standing.fulfils(dependency.condition) ?? true
    }

    func refuse(_ watcher: Watcher, _ reason: String) {
        guard watcher.refusal == nil else { return }
        watcher.refusal = reason
        log.error(
            "\(watcher.name) is not started: \(reason)", [("event", "gave_up"), ("watcher", watcher.name)])
        publish(.gaveUp, watcher.name, ["reason": reason])
        failedForGood(watcher, code: 1)
    }

    /// The supervisor-wide pause between the starts of two watchers.
    private func mayStart(_ watcher: Watcher) -> Bool {
        guard settings.warmup > .zero, watcher.slots.allSatisfy(\.isIdle) else { return true }
        let now = MonotonicTime.now
        if let next = nextStart, next > now {
            if !waitingToStart.contains(watcher.name) { waitingToStart.append(watcher.name) }
            if startTimer == nil {
                startTimer = loop.after(next.since(now)) { [weak self] in self?.startNextWaiting() }
            }
            return false
        }
        nextStart = now.advanced(by: settings.warmup)
        return true
    }

    private func startNextWaiting() {
        startTimer = nil
        for name in waitingToStart { touch(name) }
        waitingToStart = []
        advance()
    }

    /// The watcher's own pause between the starts of two of its processes.
    func mayStartInstance(_ watcher: Watcher) -> Bool {
        let pause = watcher.definition.warmup
        guard pause > .zero else { return true }
        let now = MonotonicTime.now
        if let next = watcher.nextStart, next > now {
            if watcher.startTimer == nil {
                watcher.startTimer = loop.after(next.since(now)) { [weak self, weak watcher] in
                    guard let self, let watcher else { return }
                    watcher.startTimer = nil
                    self.touch(watcher.name)
                    self.advance()
                }
            }
            return false
        }
        watcher.nextStart = now.advanced(by: pause)
        return true
    }

    private func finishStarting() {
        phase = .running
        let after = Words.duration(MonotonicTime.now.since(startedAt))
        let failed = order.filter { watchers[$0]?.hasFailed ?? false }
        late = Set(order.filter { watchers[$0].map { $0.isHeldUp && $0.gate.state != .waiting } ?? false })
            .subtracting(failed)
        let waiting = order.filter(late.contains).joined(separator: ", ")
        if !failed.isEmpty {
            let names = failed.joined(separator: ", ")
            let others = late.isEmpty ? "" : "; not ready yet: \(waiting)"
            log.error("started after \(after), but for what has failed: \(names)\(others)", [("event", "ready")])
            surroundings.notifier.ready("failed: \(names)\(others)")
        } else if !late.isEmpty {
            log.warning("started after \(after); not ready yet: \(waiting)", [("event", "ready")])
            surroundings.notifier.ready("not ready yet: \(waiting)")
        } else {
            log.info("everything is ready after \(after)", [("event", "ready")])
            surroundings.notifier.ready("ready: \(readyWords)")
        }
        if let banner { relay.post(.banner(banner)) }
        banner = nil
        clinux_release_startup_memory()
    }

    /// "auth, registry, proxy", or how many where there are many.
    var readyWords: String {
        order.count > 12 ? "\(order.count) watchers" : order.joined(separator: ", ")
    }

    // MARK: Stopping

    private func stopIfDue(_ watcher: Watcher) {
        guard !watcher.isIdle else { return }
        if let timer = watcher.startTimer { loop.cancel(timer) }
        watcher.startTimer = nil
        for name in dependents[watcher.name] ?? [] {
            guard let dependent = watchers[name] else { continue }
            guard dependent.isIdle || dependent.goal == .up else { return }
        }
        guard passesBeforeStop(watcher) else { return }
        for slot in watcher.everySlot.reversed() {
            switch slot.machine.state {
            case .starting, .running, .backoff, .stopping(next: .start), .killing(next: .start),
                .stopping(next: .retired), .killing(next: .retired), .stopping(next: .policy), .killing(next: .policy),
                .stopping(next: .failure), .killing(next: .failure):
                feed(.stop, to: slot)
            case .stopping(next: .stopped), .killing(next: .stopped), .stopped, .finished, .failed: break
            }
        }
    }
}

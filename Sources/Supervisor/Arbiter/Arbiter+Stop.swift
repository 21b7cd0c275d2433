internal import Glibc
internal import ProcessControl
internal import Supervision

// The end: in reverse order, within the grace time, leaving nothing behind.

extension Arbiter {
    /// How long left-over processes get between TERM and KILL.
    private static let leftoverGrace: Duration = .seconds(2)
    /// How long to go on killing: a process may hang in the kernel, or be another user's and refuse our signals.
    private static let killPatience: Duration = .seconds(5)
    private static let killPatiencePastDeadline: Duration = .milliseconds(500)

    /// Stops everything, in reverse order, and ends with this code.
    func shutDown(code: CInt, why: String) {
        guard !isStopping else { return }
        hadFailures = watchers.values.contains(where: \.hasFailed)
        phase = .stopping(code)
        stopStarted = .now
        log.info("stopping: \(why)", [("event", "stopping")])
        surroundings.notifier.stopping("stopping: \(why)")
        abandonReloads("dockmaster is stopping")
        for name in order.reversed() {
            watchers[name]?.goal = .down
            touch(name)
        }
        keepSystemdPatient()
        keepDeadline()
        // From the loop: a start that has just failed is still being dealt with.
        loop.after(.zero) { [weak self] in self?.advance() }
    }

    var isStopping: Bool {
        if case .stopping = phase { true } else { false }
    }

    /// What the process ends with: what it was told, or 1 when a watcher has failed.
    var exitCode: CInt {
        guard case .stopping(let code) = phase else { return 0 }
        return code == 0 && hadFailures ? 1 : code
    }

    private func keepDeadline() {
        let graces = watchers.values.map(\.definition.settings.grace)
        guard let limit = settings.stopDeadline(isContainer: getpid() == 1, graces: graces) else { return }
        loop.after(limit) { [weak self] in
            guard let self else { return }
            self.log.warning(
                "not stopped within \(Words.duration(limit)): everything is killed", [("event", "killing")])
            self.isPastDeadline = true
            self.killAll()
        }
    }

    /// Everything at once, without grace.
    func killAll() {
        for watcher in watchers.values {
            watcher.passed.insert(.beforeStop)
            for run in watcher.hookRuns { run.kill() }
        }
        for slot in Array(slots.values) { feed(.kill, to: slot) }
        plugins.killAll()
        advance()
    }

    /// A drain may take as long as its grace time, and a start as long as a task that others wait for: systemd is asked
    /// to wait, as long as we are about it.
    func keepSystemdPatient() {
        if let timer = patienceTimer { loop.cancel(timer) }
        patienceTimer = nil
        guard isStopping || phase == .starting, surroundings.notifier.isWanted else { return }
        surroundings.notifier.extend(by: .seconds(15))
        patienceTimer = loop.after(.seconds(5)) { [weak self] in self?.keepSystemdPatient() }
    }

    /// Ends what came to us as orphans: TERM, a short grace, KILL.
    func endLeftovers() {
        guard !sweepingLeftovers else { return }
        sweepingLeftovers = true
        guard surroundings.adoptsOrphans else { return finish() }
        reaper.sweep()
        let left = ProcessTable.children()
        guard !left.isEmpty else { return finish() }
        log.warning("processes left over, now ended: \(left.count)", [("event", "leftovers")])
        for pid in left { kill(pid, SIGTERM) }
        waitForLeftovers(until: MonotonicTime.now.advanced(by: Self.leftoverGrace))
    }

    private func waitForLeftovers(until deadline: MonotonicTime) {
        reaper.sweep()
        if ProcessTable.children().isEmpty { return finish() }
        guard isPastDeadline || MonotonicTime.now >= deadline else {
            loop.after(.milliseconds(20)) { [weak self] in self?.waitForLeftovers(until: deadline) }
            return
        }
        let patience = isPastDeadline ? Self.killPatiencePastDeadline : Self.killPatience
        killLeftovers(until: MonotonicTime.now.advanced(by: patience))
    }

    /// Kills what is left, and ever again what comes to us as its parents end, until nobody is left.
    private func killLeftovers(until deadline: MonotonicTime) {
        reaper.sweep()
        let left = ProcessTable.children()
        if left.isEmpty { return finish() }
        guard MonotonicTime.now < deadline else {
            let pids = left.map { "\($0)" }.joined(separator: ", ")
            log.error("these processes could not be killed and go on: \(pids)", [("event", "leftovers")])
            return finish()
        }
        for pid in left {
            for descendant in ProcessTable.descendants(of: pid) { kill(descendant, SIGKILL) }
            kill(pid, SIGKILL)
        }
        loop.after(.milliseconds(5)) { [weak self] in self?.killLeftovers(until: deadline) }
    }

    private func finish() {
        let took = stopStarted.map { Words.duration(MonotonicTime.now.since($0)) } ?? "0 s"
        log.info("stopped after \(took)", [("event", "stopped")])
        for slot in Array(slots.values) { forget(slot) }
        removeControlGroups(until: MonotonicTime.now.advanced(by: .milliseconds(500)))
    }

    /// What has been killed in a group takes a moment to leave it.
    private func removeControlGroups(until deadline: MonotonicTime) {
        if let groups = controlGroups, !groups.removeAll(), MonotonicTime.now < deadline {
            loop.after(.milliseconds(1)) { [weak self] in self?.removeControlGroups(until: deadline) }
        } else {
            loop.stop()
        }
    }
}

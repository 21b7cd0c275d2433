internal import Glibc
internal import ProcessControl
internal import Supervision

// What operators and plugins ask for.

extension Arbiter {
    typealias EntryAnswer = (OrderOutcome.Entry) -> Void

    /// Obeys an order. Orders never fail because another is under way: each is an event of its own to every watcher.
    /// - Parameter waits: whether to answer only once the result is there (ready, stopped, …), or cannot be any more.
    /// - Parameter answer: called once, now or later, with an entry for each name.
    func carryOut(
        _ order: WatcherOrder, on names: [String], waits: Bool, _ answer: @escaping (OrderOutcome) -> Void
    ) {
        let batch = OrderBatch(names.count, answer)
        for (index, name) in names.enumerated() {
            let fill: EntryAnswer = { batch.fill(index, $0) }
            if let watcher = watchers[name], watcher.goal != .removed {
                obey(order, watcher, waits: waits, fill)
            } else {
                let problem = "there is no watcher \(name)"
                fill(.init(watcher: name, result: "unknown", problem: problem, remedy: "see dockmaster list"))
            }
        }
        advance()
    }

    private func obey(_ order: WatcherOrder, _ watcher: Watcher, waits: Bool, _ answer: @escaping EntryAnswer) {
        if isStopping, order != .stop {
            let remedy = "start dockmaster again"
            return answer(
                .init(watcher: watcher.name, result: "refused", problem: "dockmaster is stopping", remedy: remedy))
        }
        switch order {
        case .start: start(watcher, waits: waits, answer)
        case .stop: stop(watcher, waits: waits, answer)
        case .restart(let sequential):
            let isWaiting = !watcher.slots.isEmpty && watcher.slots.allSatisfy { $0.machine.state == .stopped }
            guard watcher.isComingBack || watcher.goal == .up && watcher.refusal == nil && !isWaiting else {
                return start(watcher, waits: waits, answer)
            }
            let hasHooks = watcher.definition.hooks.contains(where: \.point.isOfWatcher)
            let manner: Rollout.Manner = sequential ? .sequential : hasHooks ? .whole : .terminate
            roll(manner, "restarted", watcher, waits: waits, answer)
        case .reload(let manner):
            guard watcher.goal == .up || watcher.isComingBack else {
                return answer(.init(watcher: watcher.name, result: "not running"))
            }
            roll(Self.manner(manner ?? watcher.definition.reload), "reloaded", watcher, waits: waits, answer)
        case .signal(let number, let targets): signal(number, targets, watcher, answer)
        case .kill(let number, let grace, let pid): terminate(watcher, number, grace, pid, waits: waits, answer)
        case .scale(let scale): self.scale(watcher, scale, waits: waits, answer)
        }
    }

    static func manner(_ manner: WatcherDefinition.ReloadManner) -> Rollout.Manner {
        switch manner {
        case .signal: .signal
        case .replace: .replace
        case .sequential: .sequential
        case .terminate: .terminate
        }
    }

    // MARK: Up and down

    private func start(_ watcher: Watcher, waits: Bool, _ answer: @escaping EntryAnswer) {
        let wasReady = watcher.goal == .up && watcher.isReady && watcher.slots.allSatisfy(\.isReady)
        bringUp(watcher)
        if wasReady { return answer(.init(watcher: watcher.name, result: "already running")) }
        guard waits else { return answer(.init(watcher: watcher.name, result: "starting")) }
        let limit = watcher.definition.settings.startTimeout + watcher.definition.settings.grace + .seconds(5)
        wait(for: watcher, limit, answer) { $0.isComingBack ? nil : Self.started($0, "started") }
    }

    /// Has a watcher run, and with it those that it requires.
    func bringUp(_ watcher: Watcher) {
        // It comes up by itself, once it has been down.
        if watcher.isComingBack { return }
        watcher.refusal = nil
        if watcher.goal != .up { watcher.passed.remove(.beforeStop) }
        watcher.goal = .up
        demand(watcher)
        unsettled.insert(watcher.name)
        for slot in watcher.slots {
            switch slot.machine.state {
            // From `stopped` it starts when its turn has come.
            case .failed, .finished: feed(.stop, to: slot)
            case .backoff, .stopping, .killing: feed(.start, to: slot)
            case .starting, .running, .stopped: break
            }
        }
        touch(watcher.name)
        for dependency in watcher.definition.requires {
            if let other = watchers[dependency.watcher], other.goal == .down || other.hasFailed { bringUp(other) }
        }
    }

    /// What became of a start; nil: not known yet.
    static func started(_ watcher: Watcher, _ result: String) -> OrderOutcome.Entry? {
        let name = watcher.name
        if watcher.goal != .up {
            return .init(watcher: name, result: "stopped", problem: "\(name) was stopped meanwhile", remedy: "start it")
        }
        if let refusal = watcher.refusal {
            return .init(
                watcher: name, result: "failed", problem: "\(name) is not started: \(refusal)", remedy: "mend that")
        }
        if watcher.hasFailed {
            let reason = watcher.slots.lazy.compactMap(\.spawnProblem).first.map { ": \($0)" } ?? ""
            return .init(
                watcher: name, result: "failed", problem: "\(name) has failed\(reason)",
                remedy: "see dockmaster logs \(name)")
        }
        return watcher.isReady ? .init(watcher: name, result: result) : nil
    }

    private func stop(_ watcher: Watcher, waits: Bool, _ answer: @escaping EntryAnswer) {
        let wasDown = watcher.goal == .down && watcher.isIdle
        if watcher.goal == .up { watcher.goal = .down }
        // A restart that has come half its way goes no further.
        watcher.rollout?.isDown = false
        watcher.refusal = nil
        // One that has failed or is done is stopped from now on.
        for slot in watcher.slots where slot.isIdle { feed(.stop, to: slot) }
        touch(watcher.name)
        if wasDown { return answer(.init(watcher: watcher.name, result: "already stopped")) }
        guard waits else {
            return answer(.init(watcher: watcher.name, result: watcher.isIdle ? "stopped" : "stopping"))
        }
        wait(for: watcher, stopPatience(watcher), answer) { watcher in
            if watcher.goal == .up {
                return .init(
                    watcher: watcher.name, result: "running", problem: "\(watcher.name) was started meanwhile",
                    remedy: "stop it again")
            }
            return watcher.isIdle ? .init(watcher: watcher.name, result: "stopped") : nil
        }
    }

    /// Its own grace, and that of those which have to end before it.
    func stopPatience(_ watcher: Watcher) -> Duration {
        var graces = watcher.definition.settings.grace
        var seen: Set<String> = [watcher.name]
        var next = dependents[watcher.name] ?? []
        while let name = next.popLast() {
            guard seen.insert(name).inserted, let other = watchers[name], other.goal != .up else { continue }
            graces += other.definition.settings.grace
            next += dependents[name] ?? []
        }
        return graces + .seconds(10)
    }

    private func roll(
        _ manner: Rollout.Manner, _ result: String, _ watcher: Watcher, waits: Bool, _ answer: @escaping EntryAnswer
    ) {
        let name = watcher.name
        if !waits { answer(.init(watcher: name, result: result == "restarted" ? "restarting" : "reloading")) }
        roll(
            Rollout(manner) { problem in
                guard waits else { return }
                answer(
                    .init(
                        watcher: name, result: problem == nil ? result : "failed", problem: problem,
                        remedy: problem.map { _ in "see dockmaster logs \(name)" }))
            }, watcher)
    }

    // MARK: Waiting

    /// Answers once `result` gives something, which is asked after each change of the watcher, or when time is up.
    func wait(
        for watcher: Watcher, _ limit: Duration, _ answer: @escaping EntryAnswer,
        _ result: @escaping (Watcher) -> OrderOutcome.Entry?
    ) {
        let wait = OrderWait(result: result, answer: answer)
        watcher.waits.append(wait)
        wait.deadline = loop.after(limit) { [weak watcher, weak wait] in
            guard let watcher, let wait else { return }
            watcher.waits.removeAll { $0 === wait }
            let problem = "\(watcher.name): not within \(Words.duration(limit))"
            wait.answer(
                .init(watcher: watcher.name, result: "unknown", problem: problem, remedy: "see dockmaster status"))
        }
        touch(watcher.name)
    }

    func answerWaits(_ watcher: Watcher) {
        guard !watcher.waits.isEmpty else { return }
        let results = watcher.waits.map { ($0, $0.result(watcher)) }
        watcher.waits = results.filter { $0.1 == nil }.map(\.0)
        for (wait, result) in results {
            guard let result else { continue }
            if let deadline = wait.deadline { loop.cancel(deadline) }
            wait.answer(result)
        }
    }
}

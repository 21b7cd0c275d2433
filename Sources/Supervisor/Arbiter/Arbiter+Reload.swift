internal import CLinux
internal import ProcessControl
internal import Supervision

// Taking up a changed configuration: read and check it all, then step by step; on any problem nothing changes.

extension Arbiter {
    /// - Parameter answer: called once, with what was done or why not.
    func requestReload(_ answer: @escaping (ReloadOutcome) -> Void) {
        if isStopping {
            answer(ReloadOutcome(problems: ["dockmaster is stopping"]))
        } else if reload != nil || phase == .starting {
            // The running one may have read the file before this change: it is read once more.
            queuedReloads = (queuedReloads ?? []) + [answer]
        } else {
            beginReload([answer])
        }
    }

    func runQueuedReload() {
        guard reload == nil, phase == .running, let waiters = queuedReloads else { return }
        queuedReloads = nil
        beginReload(waiters)
    }

    private func beginReload(_ waiters: [(ReloadOutcome) -> Void]) {
        reload = ReloadJob(waiters: waiters)
        surroundings.notifier.reloading()
        let load = surroundings.load
        help { .loaded(load()) }
    }

    /// Runs blocking work on a helper thread that reports to the loop.
    private func help(_ work: @escaping @Sendable () -> HelperMessage) {
        let helpers = helpers
        do throws(SystemError) {
            try HelperThread.start("configuration", stack: 8 << 20) { helpers.post(work()) }
        } catch {
            refuse([error.description])
        }
    }

    func takeHelperMessages() {
        for message in helpers.take().messages {
            switch message {
            case .loaded(.failure(let refusal)), .written(.failure(let refusal)): refuse(refusal.problems)
            case .loaded(.success(let desired)): prepare(desired)
            case .written(.success(let desired)): apply(desired)
            }
        }
        advance()
    }

    private func refuse(_ problems: [String]) {
        guard let job = reload else { return }
        for problem in problems {
            log.error("the new configuration is refused: \(problem)", [("event", "reload_refused")])
        }
        job.outcome.problems = problems
        endReload(job)
    }

    // MARK: Before anything changes

    private func prepare(_ desired: DesiredState) {
        guard reload != nil, !isStopping else { return refuse(["dockmaster is stopping"]) }
        do {
            _ = try StartOrder(desired.definitions)
            try sockets.bind(desired.definitions.flatMap(\.sockets), requests: desired.socketRequests)
        } catch {
            return refuse(["\(error)"])
        }
        help {
            do throws(Refusal) {
                try desired.write()
                return .written(.success(desired))
            } catch {
                return .written(.failure(error))
            }
        }
    }

    // MARK: Changing

    private func apply(_ desired: DesiredState) {
        guard let job = reload, !isStopping else { return refuse(["dockmaster is stopping"]) }
        let current = order.compactMap { watchers[$0]?.definition }
        guard let names = try? StartOrder(desired.definitions).names else { return }
        let plan = ReloadPlan(from: current, to: desired.definitions)
        job.desired = desired
        job.outcome.isApplied = true
        job.outcome.warnings = desired.warnings
        job.pending = plan.steps.sorted {
            (names.firstIndex(of: $0.watcher) ?? .max) < (names.firstIndex(of: $1.watcher) ?? .max)
        }
        order = names + order.filter { !names.contains($0) }
        logsFolder = desired.logs
        for warning in desired.warnings { log.warning(warning) }
        nextReloadStep()
    }

    private func nextReloadStep() {
        guard let job = reload, job.current == nil else { return }
        while !job.pending.isEmpty {
            let entry = job.pending.removeFirst()
            job.current = entry
            let waits = begin(entry, of: job)
            // Finished within `begin`: whatever finished it goes on from the loop.
            if job.current == nil { return }
            if !waits {
                job.current = nil
                job.outcome.steps.append(.init(watcher: entry.watcher, step: "\(entry.step)", problem: nil))
                continue
            }
            let limit = watchers[entry.watcher]?.definition.settings.startTimeout ?? .seconds(60)
            job.deadline = loop.after(limit + .seconds(5)) { [weak self] in
                self?.finishReloadStep(
                    entry.watcher, problem: "no answer within \(Words.duration(limit + .seconds(5)))")
            }
            return
        }
        log.info("reloaded: \(job.outcome.summary)", [("event", "reloaded")])
        endReload(job)
    }

    /// - Returns: whether the step has to be waited for.
    private func begin(_ entry: ReloadPlan.Entry, of job: ReloadJob) -> Bool {
        let definition = job.desired?.definitions.first { $0.name == entry.watcher }
        if entry.step == .remove {
            watchers[entry.watcher]?.goal = .removed
            defer { advance() }
            return watchers[entry.watcher] != nil
        }
        guard let definition else { return false }
        guard let watcher = watchers[entry.watcher] else {
            watchers[entry.watcher] = Watcher(definition: definition, slot: makeSlot(definition))
            defer { advance() }
            return true
        }
        switch entry.step {
        case .unchanged:
            adopt(definition, watcher)
            // A reload is also how an operator says: try again.
            return watcher.current.machine.state == .failed && startAnew(watcher)
        case .signal:
            adopt(definition, watcher)
            if watcher.current.isReady {
                feed(.reload, to: watcher.current)
                return definition.settings.awaitsReady
            }
            return startAnew(watcher)
        case .replace where watcher.current.isReady:
            // One try only: while the old instance serves, nothing is gained by more.
            var policy = definition.settings.policy
            policy.limit = 1
            let slot = makeSlot(definition, policy: policy)
            watcher.incoming = slot
            feed(.start, to: slot)
            return watcher.incoming != nil
        case .replace:
            adopt(definition, watcher)
            feed(.restart, to: watcher.current)
            return !watcher.current.isReady
        case .add, .remove: return false
        }
    }

    /// A process that has failed or waits gets its chance with the new configuration now.
    private func startAnew(_ watcher: Watcher) -> Bool {
        guard watcher.goal == .up else { return false }
        feed(.reload, to: watcher.current)
        feed(.start, to: watcher.current)
        return !watcher.current.isReady
    }

    private func adopt(_ definition: WatcherDefinition, _ watcher: Watcher) {
        watcher.definition = definition
        watcher.current.definition = definition
        watcher.current.machine.settings = definition.settings
    }

    // MARK: What comes back

    func becameReady(_ slot: WatcherSlot) {
        guard let watcher = watchers[slot.watcher] else { return }
        if watcher.incoming === slot {
            let old = watcher.current
            watcher.incoming = nil
            watcher.current = slot
            watcher.retiring.append(old)
            adopt(slot.definition, watcher)
            feed(.stop, to: old)
            // One that has failed already reports no stop.
            if !old.machine.ownsProcess { retireIfReplaced(old) }
        }
        finishReloadStep(slot.watcher, problem: nil)
    }

    func reloadAnswered(_ slot: WatcherSlot) {
        let refused = slot.reload == .refused
        slot.reload = .none
        finishReloadStep(slot.watcher, problem: refused ? "it keeps its old configuration; its log says why" : nil)
    }

    func reloadInterrupted(_ slot: WatcherSlot) {
        slot.reload = .none
        finishReloadStep(slot.watcher, problem: "it died during the reload")
    }

    func finishReloadStep(_ watcher: String, problem: String?) {
        guard let job = reload, let entry = job.current, entry.watcher == watcher else { return }
        if let deadline = job.deadline { loop.cancel(deadline) }
        job.deadline = nil
        job.current = nil
        if let problem {
            log.error("reload: \(watcher): \(problem)", [("event", "reload_step_failed"), ("watcher", watcher)])
        }
        job.outcome.steps.append(.init(watcher: watcher, step: "\(entry.step)", problem: problem))
        // From the loop, not from within the state machine's actions that brought us here.
        loop.after(.zero) { [weak self] in self?.nextReloadStep() }
    }

    private func endReload(_ job: ReloadJob) {
        if let deadline = job.deadline { loop.cancel(deadline) }
        reload = nil
        closeUnusedSockets()
        // Reading a configuration touches as much as starting does.
        clinux_release_startup_memory()
        if !isStopping {
            let refusal = job.outcome.problems.isEmpty ? "" : "; the last reload was refused, its log lines say why"
            surroundings.notifier.ready("ready: \(order.joined(separator: ", "))\(refusal)")
        }
        for waiter in job.waiters { waiter(job.outcome) }
        runQueuedReload()
    }

    /// Answers everybody who waits for a reload that will not happen.
    func abandonReloads(_ reason: String) {
        let waiters = (reload?.waiters ?? []) + (queuedReloads ?? [])
        if let deadline = reload?.deadline { loop.cancel(deadline) }
        reload = nil
        queuedReloads = nil
        for waiter in waiters { waiter(ReloadOutcome(problems: [reason])) }
    }
}

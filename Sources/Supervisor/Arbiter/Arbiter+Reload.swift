internal import CLinux
internal import PluginInterface
internal import ProcessControl
internal import Supervision

// Taking up a changed configuration: read and check it all, then step by step; on any problem nothing changes.

extension Arbiter {
    /// - Parameter answer: called once, with what was done or why not.
    func requestReload(_ answer: @escaping (ReloadOutcome) -> Void) {
        if isStopping {
            answer(ReloadOutcome(problems: ["dockmaster is stopping"]))
        } else if reload != nil {
            // The running one may have read the file before this change: it is read once more.
            queuedReloads = (queuedReloads ?? []) + [answer]
        } else {
            beginReload([answer])
        }
    }

    func runQueuedReload() {
        guard reload == nil, !isStopping, let waiters = queuedReloads else { return }
        queuedReloads = nil
        beginReload(waiters)
    }

    private func beginReload(_ waiters: [(ReloadOutcome) -> Void]) {
        reload = ReloadJob(waiters: waiters)
        // What has not been ready cannot be reloading; it is ready only at the end of our own start.
        if phase == .running { surroundings.notifier.reloading() }
        let load = surroundings.load
        help { .loaded(load()) }
    }

    /// Looks up the users that definitions need, on a helper thread where there is something to look up.
    func lookUp(_ definition: WatcherDefinition, _ then: @escaping (Result<IdentityTable, Refusal>) -> Void) {
        if identities.knows(definition) { return then(.success(identities)) }
        lookUpCount += 1
        let number = lookUpCount
        lookups[number] = then
        let helpers = helpers
        do throws(SystemError) {
            try HelperThread.start("users", stack: 1 << 20) {
                var users = IdentityTable()
                do throws(Refusal) {
                    try users.look(up: [definition])
                    helpers.post(.lookedUp(.success(users), request: number))
                } catch {
                    helpers.post(.lookedUp(.failure(error), request: number))
                }
            }
        } catch {
            lookups[number] = nil
            then(.failure(Refusal(problems: [error.description])))
        }
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
            case .loaded(.failure(let refusal)), .written(.failure(let refusal), _): refuse(refusal.problems)
            case .loaded(.success(let desired)): prepare(desired)
            case .written(.success(let desired), let users):
                identities.merge(users)
                apply(desired)
            case .lookedUp(let result, let request): lookups.removeValue(forKey: request)?(result)
            }
        }
        advance()
    }

    private func refuse(_ problems: [String]) {
        guard let job = reload else { return }
        control?.discard()
        for problem in problems {
            log.error("the new configuration is refused: \(problem)", [("event", "reload_refused")])
        }
        job.outcome.problems = problems
        publish(.reloadRefused, nil, ["reason": problems.joined(separator: "; ")])
        endReload(job)
    }

    // MARK: Before anything changes

    private func prepare(_ desired: DesiredState) {
        guard let job = reload, !isStopping else { return refuse(["dockmaster is stopping"]) }
        if desired.settings.pidFile != settings.pidFile {
            let (new, old) = (desired.settings.pidFile ?? "none", settings.pidFile ?? "none")
            let remedy = "Restart dockmaster to change it."
            return refuse(["supervisor.pidfile: \(new) is not the one in use, \(old). \(remedy)"])
        }
        do {
            _ = try StartOrder(desired.definitions)
            try PluginCheck.validate(desired.plugins, watchers: desired.definitions.map(\.name))
            job.socketChanges = try sockets.bind(
                desired.definitions.flatMap(\.sockets), requests: desired.socketRequests, putsOffChanges: true)
            try control?.prepare(desired.settings.control)
        } catch {
            return refuse(["\(error)"])
        }
        help {
            do throws(Refusal) {
                var users = IdentityTable()
                try users.look(up: desired.definitions)
                try users.look(up: desired.plugins)
                try desired.write()
                return .written(.success(desired), users)
            } catch {
                return .written(.failure(error), IdentityTable())
            }
        }
    }

    // MARK: Changing

    private func apply(_ desired: DesiredState) {
        guard let job = reload, !isStopping else { return refuse(["dockmaster is stopping"]) }
        let current = order.compactMap { watchers[$0]?.definition }
        let names: [String]
        do {
            names = try StartOrder(desired.definitions).names
        } catch {
            return refuse(["\(error)"])
        }
        // In starting order already; removed ones last.
        let plan = ReloadPlan(from: current, to: desired.definitions)
        job.outcome.isApplied = true
        job.outcome.warnings = desired.warnings + sockets.change(job.socketChanges) + (control?.commit() ?? [])
        job.pending = plan.steps[...]
        for definition in desired.definitions { job.definitions[definition.name] = definition }
        let wanted = Set(names)
        order = names + order.filter { !wanted.contains($0) }
        take(desired.settings)
        essential = desired.essential
        unproven.formIntersection(essential)
        logsFolder = desired.logs
        for warning in job.outcome.warnings { log.warning(warning) }
        for step in plugins.apply(desired.plugins) { log.info("plugin \(step)", [("event", "plugin_changed")]) }
        nextReloadStep()
    }

    /// Takes up what concerns the supervisor itself.
    private func take(_ new: SupervisorSettings) {
        let old = settings
        settings = new
        guard old.rotation != new.rotation else { return }
        relay.post(.configure(watcher: "dockmaster", rotation: new.rotation))
        for watcher in watchers.values where watcher.definition.rotation == nil {
            relay.post(.configure(watcher: watcher.name, rotation: new.rotation))
        }
    }

    private func nextReloadStep() {
        guard let job = reload else { return }
        while let entry = job.pending.popFirst() {
            guard entry.step != .unchanged || needsChange(entry, job) else {
                job.outcome.steps.append(.init(watcher: entry.watcher, step: "\(entry.step)", problem: nil))
                continue
            }
            take(entry, of: job) { [weak self] problem in
                guard let self, self.reload === job else { return }
                self.note(problem, of: entry, job)
                // From the loop, not from within the state machine's actions that brought us here.
                self.loop.after(.zero) { [weak self] in self?.nextReloadStep() }
            }
            advance()
            return
        }
        log.info("reloaded: \(job.outcome.summary)", [("event", "reloaded")])
        publish(.reloaded, nil, ["summary": job.outcome.summary])
        endReload(job)
    }

    /// Whether an unchanged watcher still has something to take up: a reload is also how an operator says "try again".
    private func needsChange(_ entry: ReloadPlan.Entry, _ job: ReloadJob) -> Bool {
        guard let watcher = watchers[entry.watcher], let definition = job.definitions[entry.watcher] else {
            return true
        }
        if watcher.definition != definition { adopt(definition, watcher) }
        return watcher.goal == .up && watcher.hasFailed
    }

    private func note(_ problem: String?, of entry: ReloadPlan.Entry, _ job: ReloadJob) {
        if let problem {
            log.error(
                "reload: \(entry.watcher): \(problem)", [("event", "reload_step_failed"), ("watcher", entry.watcher)])
        }
        job.outcome.steps.append(.init(watcher: entry.watcher, step: "\(entry.step)", problem: problem))
    }

    /// Does what a step of the plan says, and reports once.
    private func take(_ entry: ReloadPlan.Entry, of job: ReloadJob, _ done: @escaping (String?) -> Void) {
        let report: EntryAnswer = { done($0.problem) }
        if entry.step == .remove { return remove(entry.watcher, keepsProcesses: false, report) }
        guard let definition = job.definitions[entry.watcher] else { return done("it is not defined") }
        guard let watcher = watchers[entry.watcher], watcher.goal != .removed else {
            insert(definition, goal: definition.autostart ? .up : .down)
            publish(.added, entry.watcher)
            guard definition.autostart, let watcher = watchers[entry.watcher] else { return done(nil) }
            return wait(for: watcher, startPatience(watcher), report) { Self.started($0, "added") }
        }
        change(watcher, to: definition, entry.step, done)
    }

    func startPatience(_ watcher: Watcher) -> Duration {
        watcher.definition.settings.startTimeout + watcher.definition.warmup * watcher.slots.count + .seconds(5)
    }

    /// Has a watcher become what it is to be, in the way that the plan says.
    func change(
        _ watcher: Watcher, to definition: WatcherDefinition, _ step: ReloadPlan.Step,
        _ done: @escaping (String?) -> Void
    ) {
        publish(.updated, watcher.name, ["step": "\(step)"])
        guard watcher.goal == .up else {
            adopt(definition, watcher)
            return done(nil)
        }
        if watcher.refusal != nil || watcher.hasFailed {
            adopt(definition, watcher)
            return carryOut(.start, on: [watcher.name], waits: true) { done($0.entries.first?.problem) }
        }
        switch step {
        case .unchanged, .adopt, .add, .remove:
            adopt(definition, watcher)
            done(nil)
        case .scale:
            adopt(definition, watcher)
            wait(for: watcher, startPatience(watcher), { done($0.problem) }) { Self.started($0, "scaled") }
        case .signal: roll(Rollout(.signal, to: definition, done), watcher)
        case .replace(.sideBySide): roll(Rollout(.replace, to: definition, done), watcher)
        case .replace(.sequential): roll(Rollout(.sequential, to: definition, done), watcher)
        case .replace(.terminate): roll(Rollout(.terminate, to: definition, done), watcher)
        }
    }

    // MARK: The end

    private func endReload(_ job: ReloadJob) {
        reload = nil
        closeUnusedSockets()
        // Reading a configuration touches as much as starting does.
        clinux_release_startup_memory()
        if phase == .running {
            let refusal = job.outcome.problems.isEmpty ? "" : "; the last reload was refused, its log lines say why"
            surroundings.notifier.ready("ready: \(readyWords)\(refusal)")
        }
        for waiter in job.waiters { waiter(job.outcome) }
        runQueuedReload()
    }

    /// Answers everybody who waits for a reload that will not happen.
    func abandonReloads(_ reason: String) {
        let waiters = (reload?.waiters ?? []) + (queuedReloads ?? [])
        reload = nil
        queuedReloads = nil
        for waiter in waiters { waiter(ReloadOutcome(problems: [reason])) }
    }
}

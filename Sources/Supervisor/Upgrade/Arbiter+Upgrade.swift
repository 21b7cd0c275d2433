internal import Glibc
internal import ProcessControl
internal import Supervision

// Another program in this process, while every child goes on.

extension Arbiter {
    /// How long a change that is under way may keep an upgrade waiting.
    private static let upgradePatience: Duration = .seconds(30)

    /// Replaces this program by another one: asks it first, waits until no change is under way, then goes.
    /// - Parameter program: its path; nil: the path of this one, where a newer one may stand by now.
    /// - Parameter answer: called once: nil, and the replacement follows at once; or why nothing has changed.
    func requestUpgrade(_ program: String?, _ answer: @escaping (Refusal?) -> Void) {
        func refuse(_ problem: String) { answer(Refusal(problems: [problem])) }
        guard !isStopping else { return refuse("dockmaster is stopping") }
        guard !upgrades.isUnderWay else { return refuse("an upgrade is under way") }
        guard let path = program ?? Self.ownPath else {
            return refuse("the path of this program cannot be found; name the new one: dockmaster upgrade PATH")
        }
        guard path.hasPrefix("/") else { return refuse("\(path) is no absolute path") }
        let file: OwnedDescriptor
        do throws(Refusal) {
            file = try UpgradeFile.write(upgradeState([]))
        } catch {
            return answer(error)
        }
        upgrades.isUnderWay = true
        upgrades.lastProblem = nil
        ask(path, file.release()) { [weak self] refusal in
            guard let self else { return }
            if let refusal {
                self.abandonUpgrade(refusal, answer)
            } else {
                self.awaitQuiet(path, until: MonotonicTime.now.advanced(by: Self.upgradePatience), answer)
            }
        }
    }

    /// Where this program was found, without the kernel's note that a newer file stands there.
    private static var ownPath: String? {
        guard let path = ProcessTable.ownExecutable() else { return nil }
        return path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
    }

    /// Has the candidate checked on a helper thread.
    private func ask(_ path: String, _ state: CInt, _ done: @escaping (Refusal?) -> Void) {
        do throws(SystemError) {
            let answers = try Mailbox<Refusal?>()
            upgrades.answers = answers
            upgrades.registration = try loop.watch(answers.descriptor, for: .readable) { [weak self] _ in
                guard let self, let message = answers.take().messages.first else { return }
                if let registration = self.upgrades.registration { self.loop.stopWatching(registration) }
                self.upgrades.registration = nil
                self.upgrades.answers = nil
                done(message)
            }
            try HelperThread.start("upgrade") {
                let file = OwnedDescriptor(adopting: state)
                do throws(Refusal) {
                    try UpgradeCandidate.check(path, state: file.number)
                    answers.post(nil)
                } catch {
                    answers.post(error)
                }
            }
        } catch {
            close(state)
            if let registration = upgrades.registration { loop.stopWatching(registration) }
            upgrades.registration = nil
            done(Refusal(problems: [error.description]))
        }
    }

    private func awaitQuiet(_ path: String, until deadline: MonotonicTime, _ answer: @escaping (Refusal?) -> Void) {
        guard let obstacle = upgradeObstacle else {
            answer(nil)
            // The answer goes out first, to whoever can take it at once.
            loop.after(.milliseconds(1)) { [weak self] in self?.replaceProgram(path) }
            return
        }
        guard MonotonicTime.now < deadline, !isStopping else {
            return abandonUpgrade(Refusal(problems: ["\(obstacle); nothing has changed"]), answer)
        }
        loop.after(.milliseconds(20)) { [weak self] in self?.awaitQuiet(path, until: deadline, answer) }
    }

    private func abandonUpgrade(_ refusal: Refusal, _ answer: (Refusal?) -> Void) {
        upgrades.isUnderWay = false
        upgrades.lastProblem = refusal.description
        log.error("upgrade: \(refusal)", [("event", "upgrade_refused")])
        answer(refusal)
    }

    /// What an upgrade has to wait for: work that lives in closures and helper threads, which no file can hold.
    private var upgradeObstacle: String? {
        if isStopping { return "dockmaster is stopping" }
        if reload != nil { return "a reload is under way" }
        if !lookups.isEmpty { return "users are being looked up" }
        for watcher in watchers.values {
            if watcher.rollout != nil || !watcher.waits.isEmpty { return "\(watcher.name) is being changed" }
            if !watcher.hookRuns.isEmpty { return "a hook of \(watcher.name) runs" }
            for slot in watcher.everySlot where slot.incoming != nil || slot.machine.isSpawning || slot.reload != .none
            {
                return "\(slot.title) is being changed"
            }
            for slot in watcher.everySlot {
                // The pipe at which it says so is read by one program only.
                if case .descriptor = slot.definition.readiness, case .starting = slot.machine.state {
                    return "\(slot.title) is about to be ready"
                }
            }
        }
        return nil
    }

    // MARK: Going

    private func replaceProgram(_ path: String) {
        if let obstacle = upgradeObstacle {
            return abandonUpgrade(Refusal(problems: ["\(obstacle); nothing has changed"])) { _ in }
        }
        log.info("another program takes over: \(path)", [("event", "upgrading")])
        // Their commands would have nobody who ends them; the next program asks at once.
        for slot in slots.values {
            slot.readiness = nil
            slot.healthWatch = nil
        }
        guard let outputs = relay.handOver() else {
            goOnAsking()
            return abandonUpgrade(Refusal(problems: ["the log hangs: look at its disk; nothing has changed"])) { _ in }
        }
        var state = upgradeState(outputs)
        state.upgrades += 1
        let refusal: Refusal
        do throws(Refusal) {
            let file = try UpgradeFile.write(state)
            let error = ProgramReplacement.execute(
                path, [path] + upgrades.arguments, variables: [UpgradeFile.variable: "\(file.number)"],
                keeping: state.descriptors + [file.number])
            refusal = Refusal(problems: ["\(error); nothing has changed"])
        } catch {
            refusal = error
        }
        relay.post(.resume)
        goOnAsking()
        abandonUpgrade(refusal) { _ in }
    }

    private func goOnAsking() {
        for slot in slots.values { attend(slot) }
    }

    // MARK: The state

    func upgradeState(_ outputs: [LogHandOver]) -> UpgradeState {
        var streams = Dictionary(grouping: outputs, by: \.slot)
        let inOrder = order.compactMap { watchers[$0] }.map { watcher in
            UpgradeState.Watcher(
                definition: watcher.definition, goal: UpgradeState.Goal(watcher.goal), instances: watcher.instances,
                refusal: watcher.refusal, passed: Array(watcher.passed),
                slots: watcher.slots.map { state(of: $0, streams.removeValue(forKey: $0.number) ?? []) },
                retiring: watcher.retiring.map { state(of: $0, streams.removeValue(forKey: $0.number) ?? []) })
        }
        return UpgradeState(
            version: Version.text, upgrades: upgrades.count, startedAt: startedAt.nanoseconds,
            run: surroundings.runFolder, logs: logsFolder, settings: settings, plugins: plugins.definitions,
            pluginProcesses: plugins.pids, essential: Array(essential), isStarting: phase == .starting,
            unproven: Array(unproven), order: order, watchers: inOrder,
            leftovers: streams.values.joined().map { stream in
                .init(
                    watcher: stream.watcher, instance: stream.instance,
                    output: .init(
                        isError: stream.stream == .error, file: stream.file, reading: stream.descriptor, writing: nil,
                        rest: Hexadecimal.text(stream.rest)))
            }, sockets: sockets.states, notifySocket: notifySocket.descriptor, lock: upgrades.lock)
    }

    private func state(of slot: WatcherSlot, _ streams: [LogHandOver]) -> UpgradeState.Slot {
        let ends = slot.writingEnds
        return UpgradeState.Slot(
            place: slot.place, definition: slot.definition, machine: slot.machine, instance: slot.instance,
            restarts: slot.restarts, pid: slot.child?.pid, mainProcess: slot.mainProcess,
            startedAt: slot.startedAt?.nanoseconds, status: slot.status, spawnProblem: slot.spawnProblem,
            lastEnd: slot.lastEnd.map { .init(end: UpgradeState.end($0.status), time: $0.time.nanoseconds) },
            controlGroup: slot.controlGroup, tree: slot.tree.map { .init(pid: $0.pid, started: $0.started) },
            health: slot.health,
            timerDue: slot.timerDue?.nanoseconds, timerGeneration: slot.timerGeneration,
            outputs: streams.map { stream in
                .init(
                    isError: stream.stream == .error, file: stream.file, reading: stream.descriptor,
                    writing: ends.first { $0.stream == stream.stream && $0.file == stream.file }?.descriptor,
                    rest: Hexadecimal.text(stream.rest))
            })
    }
}

extension UpgradeState.Goal {
    init(_ goal: Watcher.Goal) {
        self =
            switch goal {
            case .up: .up
            case .down: .down
            case .removed: .removed
            }
    }

    var goal: Watcher.Goal {
        switch self {
        case .up: .up
        case .down: .down
        case .removed: .removed
        }
    }
}

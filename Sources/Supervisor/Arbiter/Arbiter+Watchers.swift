internal import PluginInterface
internal import ProcessControl
internal import Supervision

// Watchers that come and go, and their places.

extension Arbiter {
    /// Puts a watcher in place, without starting it.
    func insert(_ definition: WatcherDefinition, goal: Watcher.Goal) {
        let watcher = Watcher(definition: definition)
        watcher.goal = goal
        watchers[definition.name] = watcher
        for dependency in Set(definition.dependencies.map(\.watcher)) {
            dependents[dependency, default: []].append(definition.name)
        }
        fillPlaces(watcher)
        touch(definition.name)
        if goal == .up { unsettled.insert(definition.name) }
    }

    /// Has a watcher be as it is defined now, for the processes to come.
    func adopt(_ definition: WatcherDefinition, _ watcher: Watcher) {
        let before = Set(watcher.definition.dependencies.map(\.watcher))
        let after = Set(definition.dependencies.map(\.watcher))
        for name in before.subtracting(after) { dependents[name]?.removeAll { $0 == definition.name } }
        for name in after.subtracting(before) { dependents[name, default: []].append(definition.name) }
        if watcher.definition.sockets != definition.sockets { forgetSocketWatches(watcher) }
        if watcher.definition.rotation != definition.rotation {
            relay.post(.configure(watcher: definition.name, rotation: definition.rotation ?? settings.rotation))
        }
        watcher.definition = definition
        for slot in watcher.slots { slot.adopt(definition) }
        fillPlaces(watcher)
        touch(definition.name)
    }

    // MARK: By order

    /// Adds a watcher that no configuration names; the next reload removes it again unless it is named by then.
    /// - Parameter answer: called once; with a problem when it is refused.
    func addWatcher(_ definition: WatcherDefinition, starts: Bool, _ answer: @escaping EntryAnswer) {
        let name = definition.name
        func refuse(_ problem: String, _ remedy: String) {
            answer(.init(watcher: name, result: "refused", problem: problem, remedy: remedy))
        }
        lookUp(definition) { [weak self] users in
            guard let self else { return }
            guard !self.isStopping else { return refuse("dockmaster is stopping", "start it again") }
            guard self.watchers[name] == nil else {
                return refuse("there is a watcher \(name) already", "choose another name")
            }
            do {
                self.identities.merge(try users.get())
                _ = try StartOrder(self.watchers.values.map(\.definition) + [definition])
                try self.sockets.bind(definition.sockets)
            } catch let problem as StartOrder.Problem {
                return refuse(problem.problem, problem.remedy)
            } catch {
                return refuse("\(error)", "choose other values")
            }
            self.insert(definition, goal: starts ? .up : .down)
            self.order.append(name)
            self.publish(.added, name)
            answer(.init(watcher: name, result: starts ? "added and started" : "added"))
            self.advance()
        }
    }

    /// Stops a watcher, unless its processes are to live on by themselves, and forgets it.
    /// - Parameter answer: called once it is gone.
    func removeWatcher(_ name: String, keepsProcesses: Bool, _ answer: @escaping EntryAnswer) {
        remove(name, keepsProcesses: keepsProcesses, answer)
        advance()
    }

    func remove(_ name: String, keepsProcesses: Bool, _ answer: @escaping EntryAnswer) {
        guard let watcher = watchers[name] else {
            return answer(
                .init(
                    watcher: name, result: "unknown", problem: "there is no watcher \(name)",
                    remedy: "see dockmaster list"))
        }
        watcher.goal = .removed
        touch(name)
        if keepsProcesses {
            progress(watcher)
            forget(watcher)
            return answer(.init(watcher: name, result: "removed"))
        }
        wait(for: watcher, stopPatience(watcher), answer) { watcher in
            watcher.isIdle ? .init(watcher: name, result: "removed") : nil
        }
    }

    /// Has one watcher become what it is to be: a step of a reload for it alone.
    func change(_ name: String, to definition: WatcherDefinition, _ answer: @escaping EntryAnswer) {
        lookUp(definition) { [weak self] users in
            guard let self else { return }
            guard let watcher = self.watchers[name], watcher.goal != .removed, definition.name == name else {
                let problem = "there is no watcher \(name)"
                return answer(
                    .init(watcher: name, result: "unknown", problem: problem, remedy: "see dockmaster list"))
            }
            do {
                self.identities.merge(try users.get())
                _ = try StartOrder(self.watchers.values.map { $0.name == name ? definition : $0.definition })
                try self.sockets.bind(definition.sockets)
            } catch {
                return answer(
                    .init(watcher: name, result: "refused", problem: "\(error)", remedy: "choose other values"))
            }
            let steps = ReloadPlan.steps(from: watcher.definition, to: definition)
            self.change(watcher, to: definition, steps[...]) { words, problem in
                answer(
                    .init(
                        watcher: name, result: problem == nil ? "changed (\(words))" : "failed", problem: problem,
                        remedy: problem.map { _ in "see dockmaster logs \(name)" }))
            }
            self.advance()
        }
    }

    /// Takes the steps one after another.
    private func change(
        _ watcher: Watcher, to definition: WatcherDefinition, _ steps: ArraySlice<ReloadPlan.Step>,
        _ done: @escaping (String, String?) -> Void
    ) {
        guard let step = steps.first else { return done("", nil) }
        change(watcher, to: definition, step) { [weak self] problem in
            guard let self, problem == nil, steps.count > 1 else { return done("\(step)", problem) }
            self.change(watcher, to: definition, steps.dropFirst(), done)
        }
    }

    // MARK: Places

    /// As many places as there are to be. What is too much is stopped, the highest number first.
    func fillPlaces(_ watcher: Watcher) {
        let wanted =
            watcher.definition.isSingleton ? min(1, watcher.definition.instances) : watcher.definition.instances
        while watcher.slots.count < wanted {
            watcher.slots.append(makeSlot(watcher.definition, place: watcher.slots.count + 1))
        }
        while watcher.slots.count > wanted {
            let slot = watcher.slots.removeLast()
            if let incoming = slot.incoming { retire(incoming, of: watcher) }
            slot.incoming = nil
            retire(slot, of: watcher)
        }
        touch(watcher.name)
    }

    func makeSlot(_ definition: WatcherDefinition, place: Int, triesOnce: Bool = false) -> WatcherSlot {
        let slot = WatcherSlot(number: nextSlot, place: place, definition: definition, triesOnce: triesOnce)
        nextSlot += 1
        slots[slot.number] = slot
        return slot
    }

    /// How many processes of a watcher may finish what they have begun, for each place that it has.
    private static let retiredForEachPlace = 4

    /// Ends a slot that no longer serves; it is forgotten once its process has ended.
    func retire(_ slot: WatcherSlot, of watcher: Watcher) {
        watcher.retiring.append(slot)
        feed(.retire, to: slot)
        // However often it is replaced: the oldest give way.
        let retired = watcher.retiring.filter(\.isRetired)
        let limit = Self.retiredForEachPlace * max(1, watcher.definition.instances)
        for slot in retired.dropLast(limit) { feed(.stop, to: slot) }
        forgetRetired(watcher)
    }

    /// Forgets those retired slots whose processes have ended.
    func forgetRetired(_ watcher: Watcher) {
        let ended = watcher.retiring.filter(\.isIdle)
        guard !ended.isEmpty else { return }
        watcher.retiring.removeAll(where: \.isIdle)
        for slot in ended { forget(slot) }
        if ended.contains(where: { !$0.definition.sockets.isEmpty }) { closeUnusedSockets() }
    }

    func forget(_ slot: WatcherSlot) {
        if let timer = slot.timer { loop.cancel(timer) }
        slot.readiness = nil
        slot.endHealth(loop)
        slot.closeOutput(relay)
        if let group = slot.controlGroup { controlGroups?.remove(group) }
        slots[slot.number] = nil
        // A process that lives on is nobody's from here on: its end must not bring another.
        if let child = slot.child, slotsByProcess[child.pid] === slot { slotsByProcess[child.pid] = nil }
    }

    /// A removed watcher that has ended.
    func forget(_ watcher: Watcher) {
        for slot in watcher.everySlot { forget(slot) }
        if let timer = watcher.startTimer { loop.cancel(timer) }
        watchers[watcher.name] = nil
        order.removeAll { $0 == watcher.name }
        for name in Set(watcher.definition.dependencies.map(\.watcher)) {
            dependents[name]?.removeAll { $0 == watcher.name }
        }
        // Those that depend on it stay noted: it may come again.
        for wait in watcher.waits {
            if let deadline = wait.deadline { loop.cancel(deadline) }
            let problem = "\(watcher.name) was removed meanwhile"
            wait.answer(
                .init(watcher: watcher.name, result: "removed", problem: problem, remedy: "see dockmaster list"))
        }
        watcher.waits = []
        unsettled.remove(watcher.name)
        busy.remove(watcher.name)
        if !watcher.definition.sockets.isEmpty { closeUnusedSockets() }
        publish(.removed, watcher.name)
    }

    func closeUnusedSockets() {
        guard reload == nil, !isStopping else { return }
        sockets.keep(watchers.values.flatMap { $0.everySlot.flatMap(\.definition.sockets) + $0.definition.sockets })
    }
}

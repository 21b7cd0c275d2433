/// What a changed configuration means for each watcher.
package struct ReloadPlan: Sendable, Equatable {
    package enum Step: Sendable, Equatable, CustomStringConvertible {
        case unchanged
        /// Only what the supervisor itself obeys has changed: the new definition takes the old one's place.
        case adopt
        /// Only what the process reads again has changed.
        case signal
        /// Another number of processes; those that stay are not touched.
        case scale(from: Int, to: Int)
        /// Other processes in place of these.
        case replace(Manner)
        case add
        case remove

        package var description: String {
            switch self {
            case .unchanged: "unchanged"
            case .adopt: "adopt"
            case .signal: "signal"
            case .scale(let from, let to): "scale \(from) → \(to)"
            case .replace(.sideBySide): "replace"
            case .replace(.sequential): "replace one by one"
            case .replace(.terminate): "stop and start"
            case .add: "add"
            case .remove: "remove"
            }
        }
    }

    /// How processes are replaced.
    package enum Manner: String, Sendable, Equatable, Hashable, CaseIterable {
        /// A new one beside the old on the same sockets, which ends once the new one is ready.
        case sideBySide
        /// One after the other: stop, start, ready, next.
        case sequential
        /// All stop, then all start.
        case terminate
    }

    package struct Entry: Sendable, Equatable {
        package let watcher: String
        package let step: Step

        package init(watcher: String, step: Step) {
            self.watcher = watcher
            self.step = step
        }
    }

    /// An entry a watcher, or two (`scale`, then `signal`), in the new starting order; removed ones last, in reverse of the old.
    package let steps: [Entry]

    /// - Linear, but for the sorting of the start order.
    package init(from old: [WatcherDefinition], to new: [WatcherDefinition]) {
        let before = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
        var entries: [Entry] = []
        for name in Self.order(new) {
            guard let definition = after[name] else { continue }
            let steps = before[name].map { Self.steps(from: $0, to: definition) } ?? [.add]
            entries += steps.map { Entry(watcher: name, step: $0) }
        }
        for name in Self.order(old).reversed() where after[name] == nil {
            entries.append(Entry(watcher: name, step: .remove))
        }
        steps = entries
    }

    /// Whether nothing at all is to be done.
    package var isEmpty: Bool { steps.allSatisfy { $0.step == .unchanged } }

    /// The starting order, or where there is none (which others refuse) the order as given.
    private static func order(_ definitions: [WatcherDefinition]) -> [String] {
        do {
            return try StartOrder(definitions).names
        } catch {
            return definitions.map(\.name)
        }
    }

    /// What has to be done to one watcher.
    package static func steps(from old: WatcherDefinition, to new: WatcherDefinition) -> [Step] {
        if old == new { return [.unchanged] }
        let changed = old.obeyed(like: new)
        var filesOnly = changed
        filesOnly.files = new.files
        if filesOnly != new || changed.files != new.files && new.reload != .signal {
            return [.replace(manner(from: old, to: new))]
        }
        var steps: [Step] = []
        if old.instances != new.instances { steps.append(.scale(from: old.instances, to: new.instances)) }
        if changed.files != new.files { steps.append(.signal) }
        return steps.isEmpty ? [.adopt] : steps
    }

    /// - A singleton or a task is never there twice.
    package static func manner(from old: WatcherDefinition, to new: WatcherDefinition) -> Manner {
        if old.isSingleton || new.isSingleton || old.isOneshot || new.isOneshot { return .terminate }
        return switch new.reload {
        case .signal, .replace: .sideBySide
        case .sequential: .sequential
        case .terminate: .terminate
        }
    }
}

extension WatcherDefinition {
    /// This definition with all of the other's that the supervisor obeys by itself. What differs still is what a running
    /// process has been given: only a new process can have it otherwise. A field that is not named here is one of those.
    fileprivate func obeyed(like new: WatcherDefinition) -> WatcherDefinition {
        var result = self
        result.instances = new.instances
        // Two versions of the file are told apart only where both are known.
        if environmentFingerprint == nil || new.environmentFingerprint == nil {
            result.environmentFingerprint = new.environmentFingerprint
        }
        result.isSingleton = new.isSingleton
        result.autostart = new.autostart
        result.onDemand = new.onDemand
        result.warmup = new.warmup
        result.priority = new.priority
        result.after = new.after
        result.requires = new.requires
        if !readiness.isGiven, !new.readiness.isGiven { result.readiness = new.readiness }
        result.health = new.health
        result.onExit = new.onExit
        result.maxAge = new.maxAge
        result.ageVariance = new.ageVariance
        result.hooks = new.hooks
        result.reload = new.reload
        result.stopsChildren = new.stopsChildren
        result.rotation = new.rotation
        result.options = new.options
        result.settings = new.settings
        // Its interval is told to the process when it starts.
        result.settings.watchdog = settings.watchdog
        return result
    }
}

extension Readiness {
    /// Whether the process is given something to say it with.
    fileprivate var isGiven: Bool {
        switch self {
        case .notify, .descriptor: true
        case .started, .probe, .after: false
        }
    }
}

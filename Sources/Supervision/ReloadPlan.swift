/// What a changed configuration means for each watcher.
package struct ReloadPlan: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        case unchanged
        /// Only what the process reads again has changed.
        case signal
        /// A new process beside the old one on the same sockets, then the old one ends.
        case replace
        case add
        case remove
    }

    /// One entry a watcher, in the order of the new configuration; removed ones last, in reverse starting order.
    package let steps: [Entry]

    package struct Entry: Sendable, Equatable {
        package let watcher: String
        package let step: Step
    }

    package init(from old: [WatcherDefinition], to new: [WatcherDefinition]) {
        var entries = new.map { definition in
            let before = old.first { $0.name == definition.name }
            return Entry(watcher: definition.name, step: before.map { Self.step($0, definition) } ?? .add)
        }
        for definition in old.reversed() where !new.contains(where: { $0.name == definition.name }) {
            entries.append(Entry(watcher: definition.name, step: .remove))
        }
        steps = entries
    }

    /// Whether nothing at all is to be done.
    package var isEmpty: Bool { steps.allSatisfy { $0.step == .unchanged } }

    private static func step(_ old: WatcherDefinition, _ new: WatcherDefinition) -> Step {
        if old == new { return .unchanged }
        var old = old
        let filesChanged = old.files != new.files
        // These take effect without the process: the supervisor itself obeys them.
        old.after = new.after
        old.requires = new.requires
        old.settings = supervised(old.settings, like: new.settings)
        old.reload = new.reload
        old.files = new.files
        if old != new { return .replace }
        guard filesChanged else { return .unchanged }
        return new.reload == .signal ? .signal : .replace
    }

    /// The old settings with everything taken from the new that a running process does not see. The watchdog's interval
    /// is told to it when it starts, so a change of that needs a new process.
    private static func supervised(_ old: WatcherSettings, like new: WatcherSettings) -> WatcherSettings {
        var settings = new
        settings.watchdog = old.watchdog
        settings.awaitsReady = old.awaitsReady
        return settings
    }
}

internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// Runs the plugins: the built-in ones on the loop, the executables as processes with the watchers' own back-off.
///
/// - Isolation: no decision about a watcher waits for a plugin; a plugin that fails costs a process of its own, and the
///   supervisor ends only when one that is `required` has given up.
/// - What a plugin asks for is done from the loop, never from within the event that made it ask.
final class PluginHost {
    private(set) var definitions: [PluginDefinition]
    private(set) weak var arbiter: Arbiter?
    private var processes: [String: PluginProcess] = [:]
    private var builtIns: [String: any BuiltInPlugin] = [:]
    private var subscription: EventFeed.Subscription?
    private var ticking: EventLoop.Timer?
    private var whenStopped: (() -> Void)?
    private(set) var isEnding = false
    var runs: [PluginRun] = []
    /// Limits and policy of executables; tests shorten them.
    var limits = PluginLimits()
    /// A plugin is told when to end: that it ends by itself is a failure whatever its exit code.
    var policy = RestartPolicy(expected: [])

    /// - Throws: what is wrong with the plugins' settings.
    init(_ definitions: [PluginDefinition], watchers: [String]) throws(Refusal) {
        try PluginCheck.validate(definitions, watchers: watchers)
        self.definitions = definitions
    }

    /// The processes of executable plugins.
    var pids: [ProcessID] { processes.values.compactMap { $0.child?.pid } }

    var log: SupervisorLog? { arbiter?.log }
    var isStopping: Bool { arbiter?.isStopping ?? true }

    func start(under arbiter: Arbiter) {
        self.arbiter = arbiter
        for definition in definitions { begin(definition, isAtStart: arbiter.upgrades.count == 0) }
        attend()
    }

    // MARK: Reload

    /// Takes up checked definitions: adds, removes, and replaces those that changed. One that has given up, or ended,
    /// gets another chance.
    /// - Returns: what was done, "alert: replace", without those that stay.
    @discardableResult
    func apply(_ new: [PluginDefinition]) -> [String] {
        guard !isEnding else { return [] }
        var done: [String] = []
        for old in definitions where !new.contains(where: { $0.name == old.name }) {
            end(old)
            done.append("\(old.name): remove")
        }
        for definition in new {
            guard let old = definitions.first(where: { $0.name == definition.name }) else {
                begin(definition)
                done.append("\(definition.name): add")
                continue
            }
            if old == definition {
                processes[old.name]?.startAgainIfFailed()
                continue
            }
            done.append("\(definition.name): replace")
            if let process = processes[old.name], case .executable = definition.use {
                process.replace(with: definition)
            } else {
                end(old)
                begin(definition)
            }
        }
        definitions = new
        attend()
        return done
    }

    private func begin(_ definition: PluginDefinition, isAtStart: Bool = false) {
        guard let arbiter else { return }
        switch definition.use {
        case .builtIn:
            // Checked before; one that is refused now would have been refused then.
            guard let plugin = try? PluginCheck.make(definition) else { return }
            builtIns[definition.name] = plugin
            plugin.start(PluginOffice(plugin: definition.name, loop: arbiter.loop, isAtStart: isAtStart, host: self))
        case .executable:
            let process = PluginProcess(definition, host: self, arbiter: arbiter)
            processes[definition.name] = process
            process.start()
        }
    }

    private func end(_ definition: PluginDefinition) {
        builtIns.removeValue(forKey: definition.name)?.stop()
        for run in runs where run.plugin == definition.name { run.end() }
        guard let process = processes.removeValue(forKey: definition.name) else { return }
        leaving.append(process)
        process.stop()
    }

    /// Those that were removed and have not ended yet.
    private var leaving: [PluginProcess] = []

    // MARK: Ending

    /// Ends all plugins: `bye`, the deadline, SIGKILL. Called when the watchers have stopped, so that plugins hear of it.
    /// - Returns: true when there is nothing to wait for; otherwise `then` is called later.
    func stop(_ then: @escaping () -> Void) -> Bool {
        isEnding = true
        if let timer = ticking { arbiter?.loop.cancel(timer) }
        ticking = nil
        for definition in definitions { end(definition) }
        definitions = []
        attend()
        whenStopped = then
        return leaving.isEmpty
    }

    /// A process that has ended for good.
    func stopped(_ process: PluginProcess) {
        leaving.removeAll { $0 === process }
        guard isEnding, leaving.isEmpty, let then = whenStopped else { return }
        whenStopped = nil
        // From the loop: a state machine's actions brought us here.
        arbiter?.loop.after(.zero, then)
    }

    /// Kills what is left, without grace.
    func killAll() {
        for process in Array(processes.values) + leaving { process.kill() }
        for run in runs { run.end() }
    }

    func gaveUp(_ process: PluginProcess) {
        guard let arbiter, !isEnding, definitions.contains(where: { $0.name == process.name }) else { return }
        arbiter.events.publish(
            SupervisorEvent(
                .gaveUp, time: Arbiter.wallClock, fields: ["plugin": process.name, "reason": process.words]))
        if process.definition.isRequired {
            arbiter.shutDown(code: 1, why: "the plugin \(process.name), which is required, has given up")
        }
    }

    // MARK: Events

    /// Listens and ticks as long as somebody is interested.
    func attend() {
        guard let arbiter else { return }
        if definitions.isEmpty {
            if let subscription { arbiter.events.end(subscription) }
            subscription = nil
        } else if subscription == nil {
            subscription = arbiter.events.subscribe { [weak self] event in self?.spread(event) }
        }
        let wantsTick =
            builtIns.values.contains { $0.subscriptions.contains(.tick) }
            || processes.values.contains { $0.subscriptions.contains(.tick) }
        if wantsTick, ticking == nil, !isEnding {
            tickLater()
        } else if !wantsTick, let timer = ticking {
            arbiter.loop.cancel(timer)
            ticking = nil
        }
    }

    private func spread(_ event: SupervisorEvent) {
        for plugin in builtIns.values where plugin.subscriptions.contains(event.kind) { plugin.take(event) }
        for process in processes.values { process.tell(event) }
    }

    private func tickLater() {
        ticking = arbiter?.loop.after(.seconds(1)) { [weak self] in
            guard let self else { return }
            self.ticking = nil
            self.arbiter?.events.publish(SupervisorEvent(.tick, time: Arbiter.wallClock))
            self.attend()
        }
    }

    // MARK: Looking

    var watcherViews: [PluginOffice.WatcherView] {
        guard let arbiter else { return [] }
        return arbiter.order.compactMap { arbiter.watchers[$0] }.map { watcher in
            .init(definition: watcher.definition, pids: watcher.everySlot.compactMap { $0.child?.pid })
        }
    }

    func commands(of name: String) -> Set<String> {
        guard let definition = definitions.first(where: { $0.name == name }) else { return [] }
        guard case .builtIn(let kind) = definition.use, definition.may.isEmpty else { return definition.may }
        return BuiltInPlugins.kinds[kind]?.commands ?? []
    }

    func process(_ name: String) -> PluginProcess? { processes[name] }

    /// In the order of the configuration.
    var statuses: [PluginStatus] {
        definitions.map { definition in
            if let process = processes[definition.name] { return process.status }
            let kind = if case .builtIn(let kind) = definition.use { kind } else { "" }
            return PluginStatus(
                name: definition.name, use: kind, state: builtIns[definition.name] == nil ? "stopped" : "running",
                instance: 1, restarts: 0, status: "", isRequired: definition.isRequired)
        }
    }
}

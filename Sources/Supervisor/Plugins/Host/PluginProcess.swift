internal import Glibc
internal import PluginInterface
internal import ProcessControl
internal import Supervision

/// An executable plugin: its state machine, its process, its session.
/// - Ordinary back-off: the machine is a watcher's own, so it waits longer each time and gives up in the end.
/// - Ends by `bye` and the end of descriptor 3, not by a signal; SIGKILL once the deadline has passed.
final class PluginProcess {
    private(set) var definition: PluginDefinition
    /// What is to be started once the present process has ended.
    private var successor: PluginDefinition?
    private(set) var machine: WatcherMachine
    private(set) var child: ChildProcess?
    private(set) var words = ""
    private unowned let host: PluginHost
    private unowned let arbiter: Arbiter
    private let slot: Int
    /// The writing end of its log, kept open over restarts.
    private var output: OwnedDescriptor?
    private var pipes: PluginPipes?
    private var timer: EventLoop.Timer?
    private var instance = 0
    private var startedAt: MonotonicTime?
    private var isLeaving = false

    init(_ definition: PluginDefinition, host: PluginHost, arbiter: Arbiter) {
        self.definition = definition
        self.host = host
        self.arbiter = arbiter
        slot = arbiter.nextSlot
        arbiter.nextSlot += 1
        // `ready` has a deadline of the session's own; the machine's comes after it, and is for a session that is silent.
        machine = WatcherMachine(
            settings: WatcherSettings(
                policy: host.policy, awaitsReady: true, startTimeout: host.limits.deadline * 3,
                grace: host.limits.deadline),
            jitter: Double.random(in: 0...1))
    }

    deinit {
        child?.signalGroup(SIGKILL)
    }

    var name: String { definition.name }
    private var title: String { "\(name)[\(instance)]" }
    var subscriptions: Set<SupervisorEvent.Kind> { pipes?.session.subscriptions ?? [] }

    // MARK: Orders

    func start() { feed(.start) }

    func stop() {
        isLeaving = true
        successor = nil
        feed(.stop)
        if !machine.ownsProcess { leave() }
    }

    func kill() { feed(.kill) }

    func replace(with definition: PluginDefinition) {
        successor = definition
        feed(.stop)
        if !machine.ownsProcess { succeed() }
    }

    func startAgainIfFailed() {
        if machine.state == .failed || machine.state == .stopped { feed(.start) }
    }

    func tell(_ event: SupervisorEvent) {
        pipes?.handle(.happened(event))
    }

    // MARK: The state machine

    private func feed(_ event: WatcherEvent) {
        for action in machine.handle(event, at: MonotonicTime.now.sinceBoot) { perform(action) }
    }

    private func perform(_ action: WatcherAction) {
        switch action {
        case .spawn: spawn()
        case .arm(let generation, let delay):
            if let timer { arbiter.loop.cancel(timer) }
            timer = arbiter.loop.after(delay) { [weak self] in self?.feed(.timer(generation: generation)) }
        case .signal: pipes?.handle(.dismissed)
        case .killGroup:
            child?.signal(SIGKILL)
            child?.signalGroup(SIGKILL)
        case .report(let report): tell(report)
        case .abandonSpawn: break
        }
    }

    private func tell(_ report: WatcherReport) {
        if let sentence = ReportSentence(report, slot: "plugin \(title)", reason: words) {
            var fields = [("event", "plugin_\(sentence.event)"), ("plugin", name)]
            if let pid = child?.pid { fields.append(("pid", "\(pid)")) }
            let level = sentence.level.rawValue
            if sentence.isDeath {
                let hint = "See: \(arbiter.logsFolder)/\(name)/\(name).log"
                arbiter.relay.post(
                    .death(slot: slot, .init(level: level, sentence: sentence.text, hint: hint, fields: fields)))
            } else {
                arbiter.relay.post(.record(SupervisorLog.line(level, sentence.text, fields)))
            }
        }
        switch machine.state {
        case .failed: host.gaveUp(self)
        case .stopped where successor != nil: succeed()
        case .stopped where isLeaving: leave()
        case .starting, .running, .backoff, .stopping, .killing, .stopped, .finished: break
        }
    }

    /// The new definition begins where the old one has ended.
    private func succeed() {
        guard let next = successor else { return }
        successor = nil
        definition = next
        arbiter.loop.after(.zero) { [weak self] in
            if self?.isLeaving == false { self?.feed(.start) }
        }
    }

    private func leave() {
        if let timer { arbiter.loop.cancel(timer) }
        timer = nil
        if output != nil { arbiter.relay.post(.close(slot: slot)) }
        output = nil
        host.stopped(self)
    }

    // MARK: The process

    private func spawn() {
        instance += 1
        do {
            let log = try logDescriptor()
            let command = if case .executable(let words) = definition.use { words } else { [String]() }
            var request = try Self.request(command, definition, under: arbiter)
            request.input = arbiter.nullInput.number
            request.output = log
            request.error = log
            let pipes = try PluginPipes(
                PluginSession(settings: definition.settings, may: definition.may, limits: host.limits),
                loop: arbiter.loop)
            pipes.perform = { [weak self] action in self?.perform(action) }
            arbiter.relay.post(.spawned(slot: slot, instance: instance))
            let child = try pipes.spawn(request)
            self.child = child
            self.pipes = pipes
            startedAt = .now
            arbiter.reaper.expect(child) { [weak self] status in self?.ended(status) }
            feed(.spawned)
            pipes.begin()
        } catch {
            words = "\(error)"
            feed(.spawnFailed)
        }
    }

    private func ended(_ status: ExitStatus) {
        pipes?.close()
        pipes = nil
        let end: ProcessEnd =
            switch status {
            case .code(let code): .code(code)
            case .signal(let signal): .signal(signal)
            }
        let child = child
        feed(.exited(end))
        if self.child === child { self.child = nil }
        host.attend()
    }

    private func logDescriptor() throws(SystemError) -> CInt {
        if let number = output?.number { return number }
        let ends = try Pipe().ends()
        output = OwnedDescriptor(adopting: ends.writing)
        arbiter.relay.post(
            .open(
                slot: slot, watcher: name, stream: .output, file: nil, rotation: arbiter.settings.rotation,
                descriptor: ends.reading))
        return ends.writing
    }

    /// What every process of a plugin gets: nothing of its settings.
    static func request(
        _ command: [String], _ definition: PluginDefinition, under arbiter: Arbiter
    ) throws -> SpawnRequest {
        let environment = arbiter.surroundings.environment.merging(definition.environment) { _, own in own }
        let program = ExecutablePath.find(command.first ?? "", path: environment["PATH"] ?? "")
        var request = SpawnRequest(program, Array(command.dropFirst()), environment: environment)
        request.environment["DOCKMASTER_PLUGIN"] = definition.name
        return request
    }

    // MARK: The session

    private func perform(_ action: PluginSession.Action) {
        switch action {
        case .ready:
            feed(.ready)
            host.attend()
        case .perform(let command):
            host.obeyLater(command, of: name) { [weak pipes] refused in
                pipes?.handle(.answered(id: command.id, refused))
            }
        case .warn(let sentence):
            host.log?.warning("plugin \(title) \(sentence)", [("event", "plugin_warned"), ("plugin", name)])
        case .fail(let why):
            words = why
            host.log?.error("plugin \(title) is killed: \(why)", [("event", "plugin_failed"), ("plugin", name)])
            child?.signal(SIGKILL)
            child?.signalGroup(SIGKILL)
        case .arm: break
        }
    }

    var status: PluginStatus {
        let program = if case .executable(let words) = definition.use { words.first ?? "" } else { "" }
        return PluginStatus(
            name: name, use: program, state: machine.state.word, pid: child?.pid, instance: instance,
            uptime: child == nil ? nil : startedAt.map { MonotonicTime.now.since($0) }, restarts: max(0, instance - 1),
            status: words, isRequired: definition.isRequired)
    }
}

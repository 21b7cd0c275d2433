internal import CLinux
internal import Glibc
internal import ProcessControl
internal import Supervision

/// Starts, watches and stops everything, on one thread and one loop. Decisions are the state machines'; this carries
/// them out. Nothing here blocks: a configuration is read on a helper thread, logs are written on another.
final class Arbiter {
    enum Phase: Equatable {
        case starting
        case running
        /// Ends with this exit code.
        case stopping(CInt)
    }

    /// How the arbiter stands in the world; tests stand it elsewhere.
    struct Surroundings {
        var runFolder: String
        /// Whether orphans come to us: as PID 1 or subreaper.
        var adoptsOrphans = true
        var environment = ChildEnvironment.inherited()
        /// Below which folder of /sys/fs/cgroup processes get groups of their own; nil: nowhere.
        var controlGroups = ControlGroups.ownFolder()
        /// Everything of ours that a watcher with `copy_env` gets.
        var fullEnvironment: () -> [String: String] = ChildEnvironment.all
        var notifier = SystemdNotifier()
        /// The notify socket of this process's earlier program; nil: a new one is made.
        var notifySocket: NotifySocket?
        /// Reads the configuration anew. Blocks; runs on a helper thread.
        var load: @Sendable () -> Result<DesiredState, Refusal>
    }

    /// What helper threads report.
    enum HelperMessage: Sendable {
        case loaded(Result<DesiredState, Refusal>)
        case written(Result<DesiredState, Refusal>, IdentityTable)
        /// A watcher that an operator wants, with its user looked up.
        case lookedUp(Result<IdentityTable, Refusal>, request: Int)
    }

    let loop: EventLoop
    let reaper: Reaper
    let relay: LogRelay
    let log: SupervisorLog
    let surroundings: Surroundings
    let notifySocket: NotifySocket
    let helpers: Mailbox<HelperMessage>
    let events = EventFeed()
    let plugins: PluginHost
    /// /dev/null, what children read from.
    let nullInput: OwnedDescriptor
    let nullOutput: OwnedDescriptor
    var startedAt = MonotonicTime.now
    let upgrades = UpgradeOffice()
    /// The control socket, which takes up its settings with each reload.
    weak var control: ControlServer?
    var sockets = SocketTable()
    var watchers: [String: Watcher] = [:]
    /// Names in starting order.
    var order: [String] = []
    var phase = Phase.starting
    var slots: [Int: WatcherSlot] = [:]
    /// The slots by their children's pids.
    var slotsByProcess: [ProcessID: WatcherSlot] = [:]
    var nextSlot = 1
    var settings: SupervisorSettings
    /// Watchers whose start must succeed, or everything ends.
    var identities = IdentityTable()
    var essential: Set<String>
    /// Who depends on a watcher.
    var dependents: [String: [String]] = [:]
    /// Watchers to be looked at, in this order.
    var queue: [String] = []
    var isAdvancing = false
    var spawnCount = 0
    /// Watchers that have not come where they should, and those that have a process or will have one by themselves.
    var lookUpCount = 0
    let controlGroups: ControlGroups?
    /// Whether orphans are to be looked for in this turn of the loop.
    var looksForOrphans = false
    /// Whether stopping has taken too long: no grace any more.
    var isPastDeadline = false
    var hasKilledOrphans = false
    /// What goes on once helpers have looked users up.
    var lookups: [Int: (Result<IdentityTable, Refusal>) -> Void] = [:]
    /// Watchers that the end of our own start waits for, and those that it did not wait for and that are not ready yet.
    var unsettled: Set<String> = []
    var late: Set<String> = []
    /// Essential watchers that have not been ready so far.
    var unproven: Set<String>
    var busy: Set<String> = []
    /// Before when no further watcher may be started (`supervisor.warmup_delay`), and those that wait for it.
    var nextStart: MonotonicTime?
    var startTimer: EventLoop.Timer?
    var waitingToStart: [String] = []
    var reload: ReloadJob?
    /// Who asked for a reload while one was running.
    var queuedReloads: [(ReloadOutcome) -> Void]?
    var stopStarted: MonotonicTime?
    var patienceTimer: EventLoop.Timer?
    var logsFolder: String
    var banner: String?
    var sweepingLeftovers = false
    /// Whether a watcher had failed when the end began.
    var hadFailures = false

    init(
        loop: EventLoop, relay: LogRelay, sockets: SocketTable, desired: DesiredState, surroundings: Surroundings
    ) throws(Refusal) {
        self.loop = loop
        self.relay = relay
        log = SupervisorLog(relay: relay)
        self.surroundings = surroundings
        self.sockets = sockets
        controlGroups = surroundings.controlGroups.map { ControlGroups($0) }
        settings = desired.settings
        essential = desired.essential
        unproven = desired.essential
        logsFolder = desired.logs
        banner = desired.banner
        reaper = Reaper(loop: loop, adoptsOrphans: surroundings.adoptsOrphans)
        plugins = try PluginHost(desired.plugins, watchers: desired.definitions.map(\.name))
        do {
            notifySocket =
                try surroundings.notifySocket ?? NotifySocket(path: "\(surroundings.runFolder)/notify.sock")
            helpers = try Mailbox()
            nullInput = try OwnedDescriptor.open("/dev/null", O_RDONLY)
            nullOutput = try OwnedDescriptor.open("/dev/null", O_WRONLY)
            order = try StartOrder(desired.definitions).names
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
        try identities.look(up: desired.definitions)
        try identities.look(up: desired.plugins)
        let definitions = Dictionary(desired.definitions.map { ($0.name, $0) }) { first, _ in first }
        for name in order {
            if let definition = definitions[name] { insert(definition, goal: definition.autostart ? .up : .down) }
        }
    }

    /// Begins: hooks into the loop and starts what depends on nothing.
    func start() throws(SystemError) {
        _ = try loop.watch(notifySocket.descriptor, for: .readable) { [weak self] _ in self?.takeNotifications() }
        _ = try loop.watch(helpers.descriptor, for: .readable) { [weak self] _ in self?.takeHelperMessages() }
        keepSystemdQuiet()
        keepSystemdPatient()
        plugins.start(under: self)
        advance()
    }

    /// What `take(_:)` knows. SIGUSR1 and SIGUSR2 would end us, and nobody would look after the processes any more.
    static let signals = [SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2]

    /// SIGTERM, SIGINT and SIGQUIT stop, the second one at once; SIGHUP reloads; SIGCHLD reaps. Nothing is forwarded: what
    /// a signal means is each service's own matter (`dockmaster signal`).
    func take(_ signal: SignalStream.Arrival) {
        switch signal.signal {
        case SIGCHLD: reap()
        case SIGHUP:
            relay.post(.reopen)
            requestReload { _ in }
        case SIGTERM, SIGINT, SIGQUIT:
            if case .stopping = phase {
                log.warning("\(SignalName.name(signal.signal)) again: everything is killed", [("event", "killing")])
                killAll()
            } else {
                shutDown(code: 0, why: SignalName.name(signal.signal))
            }
        case SIGUSR1, SIGUSR2:
            let name = SignalName.name(signal.signal)
            log.warning(
                "\(name) means nothing to dockmaster; for a service: dockmaster signal WATCHER \(name.dropFirst(3))",
                [("event", "signal_ignored")])
        default: break
        }
    }

    /// WATCHDOG=1 from the loop itself: a stuck loop falls silent.
    private func keepSystemdQuiet() {
        guard let interval = surroundings.notifier.watchdogInterval else { return }
        surroundings.notifier.watchdog()
        loop.after(interval) { [weak self] in self?.keepSystemdQuiet() }
    }
}

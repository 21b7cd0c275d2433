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
        var notifier = SystemdNotifier()
        /// Reads the configuration anew. Blocks; runs on a helper thread.
        var load: @Sendable () -> Result<DesiredState, Refusal>
    }

    /// What helper threads report.
    enum HelperMessage: Sendable {
        case loaded(Result<DesiredState, Refusal>)
        case written(Result<DesiredState, Refusal>)
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
    let startedAt = MonotonicTime.now
    var sockets = SocketTable()
    var watchers: [String: Watcher] = [:]
    /// Names in starting order.
    var order: [String] = []
    var phase = Phase.starting
    var slots: [Int: WatcherSlot] = [:]
    var nextSlot = 1
    var reload: ReloadJob?
    /// Who asked for a reload while one was running.
    var queuedReloads: [(ReloadOutcome) -> Void]?
    var stopStarted: MonotonicTime?
    var logsFolder: String
    var banner: String?
    var sweepingLeftovers = false

    init(
        loop: EventLoop, relay: LogRelay, sockets: SocketTable, desired: DesiredState, surroundings: Surroundings
    ) throws(Refusal) {
        self.loop = loop
        self.relay = relay
        log = SupervisorLog(relay: relay)
        self.surroundings = surroundings
        self.sockets = sockets
        logsFolder = desired.logs
        banner = desired.banner
        reaper = Reaper(loop: loop, adoptsOrphans: surroundings.adoptsOrphans)
        plugins = try PluginHost(desired.plugins, watchers: desired.definitions.map(\.name))
        do {
            notifySocket = try NotifySocket(path: "\(surroundings.runFolder)/notify.sock")
            helpers = try Mailbox()
            nullInput = try OwnedDescriptor.open("/dev/null", O_RDONLY)
            order = try StartOrder(desired.definitions).names
        } catch {
            throw Refusal(problems: ["\(error)"])
        }
        for definition in desired.definitions {
            watchers[definition.name] = Watcher(definition: definition, slot: makeSlot(definition))
        }
    }

    /// Begins: hooks into the loop and starts what depends on nothing.
    func start() throws(SystemError) {
        _ = try loop.watch(notifySocket.descriptor, for: .readable) { [weak self] _ in self?.takeNotifications() }
        _ = try loop.watch(helpers.descriptor, for: .readable) { [weak self] _ in self?.takeHelperMessages() }
        keepSystemdQuiet()
        plugins.start(under: self)
        advance()
    }

    /// SIGTERM, SIGINT and SIGQUIT stop, the second one at once; SIGHUP reloads; SIGCHLD reaps.
    func take(_ signal: SignalStream.Arrival) {
        switch signal.signal {
        case SIGCHLD: reaper.sweep()
        case SIGHUP: requestReload { _ in }
        case SIGTERM, SIGINT, SIGQUIT:
            if case .stopping = phase {
                log.warning("\(SignalName.name(signal.signal)) again: everything is killed", [("event", "killing")])
                killAll()
            } else {
                stop(code: 0, why: SignalName.name(signal.signal))
            }
        default: break
        }
    }

    func makeSlot(_ definition: WatcherDefinition, policy: RestartPolicy? = nil) -> WatcherSlot {
        let slot = WatcherSlot(number: nextSlot, definition: definition, policy: policy)
        nextSlot += 1
        slots[slot.number] = slot
        return slot
    }

    // MARK: Going on

    /// Looks at every watcher and takes the next steps: starts whose time has come, stops whose dependents are gone.
    /// Called after every change; doing nothing is the usual outcome.
    func advance() {
        if phase == .starting || phase == .running {
            for name in order { startIfDue(name) }
        }
        for name in order.reversed() { stopIfDue(name) }
        forgetRemoved()
        switch phase {
        case .starting: finishStarting()
        case .running: break
        case .stopping(let code):
            guard watchers.values.allSatisfy(\.isIdle), !plugins.isEnding else { break }
            // Plugins last: they hear that everything has stopped.
            if plugins.stop({ [weak self] in self?.endLeftovers(code) }) { endLeftovers(code) }
        }
    }

    private func startIfDue(_ name: String) {
        guard let watcher = watchers[name], watcher.goal == .up, watcher.current.machine.state == .stopped,
            watcher.definition.dependencies.allSatisfy({
                watchers[$0.watcher]?.current.isReady ?? true
            })
        else { return }
        feed(.start, to: watcher.current)
    }

    private func stopIfDue(_ name: String) {
        guard let watcher = watchers[name], watcher.goal != .up, !watcher.isIdle else { return }
        let dependents = watchers.values.filter {
            $0.name != name && $0.definition.dependencies.contains { $0.watcher == name }
        }
        guard dependents.allSatisfy({ $0.isIdle || $0.goal == .up }) else { return }
        for slot in watcher.slots {
            switch slot.machine.state {
            case .starting, .running, .backoff, .stopping(next: .start), .killing(next: .start): feed(.stop, to: slot)
            case .stopping, .killing, .stopped, .finished, .failed: break
            }
        }
    }

    private func forgetRemoved() {
        for watcher in watchers.values where watcher.goal == .removed && watcher.isIdle {
            for slot in watcher.slots { retire(slot) }
            watchers[watcher.name] = nil
            order.removeAll { $0 == watcher.name }
            finishReloadStep(watcher.name, problem: nil)
        }
    }

    private func finishStarting() {
        guard watchers.values.allSatisfy({ $0.goal != .up || $0.current.isReady }) else { return }
        phase = .running
        let after = Words.duration(MonotonicTime.now.since(startedAt))
        log.info("everything is ready after \(after)", [("event", "ready")])
        surroundings.notifier.ready("ready: \(order.joined(separator: ", "))")
        if let banner { relay.post(.banner(banner)) }
        banner = nil
        clinux_release_startup_memory()
        runQueuedReload()
    }

    /// WATCHDOG=1 from the loop itself: a stuck loop falls silent.
    private func keepSystemdQuiet() {
        guard let interval = surroundings.notifier.watchdogInterval else { return }
        surroundings.notifier.watchdog()
        loop.after(interval) { [weak self] in self?.keepSystemdQuiet() }
    }
}

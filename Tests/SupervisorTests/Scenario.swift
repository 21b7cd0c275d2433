import Glibc
import ProcessControl
import Supervision
import Synchronization

@testable import Supervisor

/// An arbiter in this process with children that the test makes up: scripts of sh and perl.
final class Scenario {
    let folder: ScenarioFolder
    let loop: EventLoop
    let relay: LogRelay
    let arbiter: Arbiter
    /// What the next reload finds.
    let next: NextState

    /// The configuration that a reload reads, set by the test.
    final class NextState: Sendable {
        private let state: Mutex<Result<DesiredState, Refusal>>
        init(_ state: DesiredState) { self.state = Mutex(.success(state)) }
        var value: Result<DesiredState, Refusal> {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    /// - Parameter essential: watchers whose failing start ends everything.
    /// - Parameter prepare: what is to be changed before anything starts.
    /// - Parameter change: what else is to be so.
    init(
        _ definitions: [WatcherDefinition], in folder: ScenarioFolder? = nil, essential: Set<String> = [],
        _ change: (inout DesiredState) -> Void = { _ in },
        surroundings around: (inout Arbiter.Surroundings) -> Void = { _ in },
        prepare: (Arbiter) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? ScenarioFolder()
        self.folder = folder
        loop = try EventLoop()
        relay = try LogRelay(folder: "\(folder.path)/logs", console: false)
        var desired = DesiredState(definitions: definitions, essential: essential, logs: "\(folder.path)/logs")
        change(&desired)
        let next = NextState(desired)
        self.next = next
        var sockets = SocketTable()
        try sockets.bind(definitions.flatMap(\.sockets))
        var surroundings = Arbiter.Surroundings(runFolder: folder.path) { next.value }
        surroundings.adoptsOrphans = false
        surroundings.controlGroups = nil
        surroundings.notifier = SystemdNotifier(isWanted: false)
        around(&surroundings)
        arbiter = try Arbiter(loop: loop, relay: relay, sockets: sockets, desired: desired, surroundings: surroundings)
        prepare(arbiter)
        try arbiter.start()
    }

    deinit {
        for slot in arbiter.slots.values { slot.child?.signalGroup(SIGKILL) }
    }

    /// Turns the loop until something is so.
    /// - Returns: whether it came to be so in time.
    @discardableResult
    func wait(_ limit: Duration = .seconds(15), until isSo: () -> Bool) throws -> Bool {
        let deadline = MonotonicTime.now.advanced(by: limit)
        while !isSo() {
            guard MonotonicTime.now < deadline else { return false }
            try loop.turn(waiting: .milliseconds(20))
        }
        return true
    }

    /// Carries out an order and waits for its answer.
    func order(
        _ order: WatcherOrder, _ names: String..., waits: Bool = true
    ) throws -> [OrderOutcome.Entry] {
        var outcome: OrderOutcome?
        arbiter.carryOut(order, on: names, waits: waits) { outcome = $0 }
        try wait(.seconds(30)) { outcome != nil }
        return outcome?.entries ?? []
    }

    /// The pids of a watcher's places, in their order.
    func pids(_ name: String) -> [ProcessID] {
        (arbiter.watchers[name]?.slots ?? []).compactMap { $0.child?.pid }
    }

    /// Runs until everything is as it should be at the beginning.
    func settle(_ limit: Duration = .seconds(15)) throws -> Bool {
        try wait(limit) { arbiter.phase == .running }
    }

    func slot(_ name: String) throws -> WatcherSlot {
        guard let slot = arbiter.watchers[name]?.slots.first else { throw Refusal(problems: ["no watcher \(name)"]) }
        return slot
    }

    func state(_ name: String) -> String { arbiter.watchers[name]?.slots.first?.machine.state.word ?? "none" }

    func instance(_ name: String) -> Int { arbiter.watchers[name]?.slots.first?.instance ?? 0 }

    func read(_ name: String) -> String { TextFile.read("\(folder.path)/\(name)") ?? "" }

    /// Stops everything and gives the exit code; nil when it does not end in time.
    func stop(within limit: Duration = .seconds(15)) throws -> CInt? {
        arbiter.take(.init(signal: SIGTERM, sender: 0))
        let ended = try wait(limit) { arbiter.slots.isEmpty }
        relay.finish()
        return ended ? arbiter.exitCode : nil
    }

    /// A watcher that runs a shell script.
    static func shell(
        _ name: String, _ script: String, _ change: (inout WatcherDefinition) -> Void = { _ in }
    ) -> WatcherDefinition {
        var definition = WatcherDefinition(name: name, command: ["/bin/sh", "-c", script])
        definition.settings.awaitsReady = false
        definition.settings.grace = .seconds(5)
        change(&definition)
        return definition
    }

    /// A watcher in perl that speaks sd_notify: `$notify->("READY=1")`. It ends on TERM.
    static func perl(
        _ name: String, _ script: String, _ change: (inout WatcherDefinition) -> Void = { _ in }
    ) -> WatcherDefinition {
        let prelude = """
            use Socket; $| = 1;
            my $notify = sub { socket(my $s,AF_UNIX,SOCK_DGRAM,0); send($s,shift,0,pack_sockaddr_un($ENV{NOTIFY_SOCKET})) };
            $SIG{TERM} = sub { exit 0 };
            """
        var definition = WatcherDefinition(name: name, command: ["/usr/bin/perl", "-e", "\(prelude)\n\(script)"])
        definition.settings.grace = .seconds(5)
        definition.settings.startTimeout = .seconds(10)
        change(&definition)
        return definition
    }
}

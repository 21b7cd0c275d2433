import Supervision

/// The whole table of `WatcherMachine`, written out: what every event makes of every state. A line is
/// `event | next state | actions in order`; a state's first line is how it is reached. "-": nothing changes.
///
/// Everything happens 10 s apart, the event in question at 100 s: a start timeout of 10 s, 5 s of grace, a watchdog of
/// 20 s, a retirement of 60 s, the default policy.
enum WatcherTable {
    static let settings: WatcherSettings = {
        var settings = WatcherSettings(startTimeout: .seconds(10), grace: .seconds(5), watchdog: .seconds(20))
        settings.retirement = .init(signal: 3, limit: .seconds(60))
        return settings
    }()

    /// Every event, the ends of a process and the timers in each kind.
    static let events: [WatcherEvent] = [
        .start, .stop, .retire, .restart, .reload, .kill, .terminate(signal: nil, grace: nil),
        .terminate(signal: 2, grace: .seconds(1)), .aged, .adopted(since: .seconds(50), ready: true),
        .adopted(since: .seconds(50), ready: false), .spawned, .spawnFailed, .refused, .ready, .alive, .stuck,
        .extend(.seconds(30)), .unhealthy, .exited(.code(0)), .exited(.code(78)), .exited(.signal(11)),
        .timer(generation: 0), .timer(generation: -1),
    ]

    /// The states by their words, and the events that lead there.
    static let ways: [(state: String, events: [WatcherEvent])] = [
        ("stopped", []),
        ("finished", [.start, .spawned, .ready, .exited(.code(0))]),
        ("failed", [.start, .spawned, .exited(.code(78))]),
        ("backoff", [.start, .spawnFailed]),
        ("starting…", [.start]),
        ("starting+reload…", [.start, .reload]),
        ("starting", [.start, .spawned]),
        ("starting+reload", [.start, .spawned, .reload]),
        ("running", [.start, .spawned, .ready]),
        ("stopping>stopped…", [.start, .stop]),
        ("stopping>stopped", [.start, .spawned, .ready, .stop]),
        ("stopping>retired", [.start, .spawned, .ready, .retire]),
        ("stopping>start", [.start, .spawned, .ready, .restart]),
        ("stopping>policy", [.start, .spawned, .ready, .terminate(signal: nil, grace: nil)]),
        ("stopping>unhealthy 10s", [.start, .spawned, .ready, .unhealthy]),
        ("killing>stopped…", [.start, .kill]),
        ("killing>stopped", [.start, .spawned, .ready, .kill]),
        ("killing>start", [.start, .spawned, .ready, .restart, .kill]),
        ("killing>policy", [.start, .spawned, .ready, .terminate(signal: nil, grace: nil), .timer(generation: 0)]),
        ("killing>watchdog 10s", [.start, .spawned, .ready, .stuck]),
    ]

    /// A machine that has been brought to a state, 10 s an event, and the generation of its timer.
    static func machine(_ events: [WatcherEvent], _ settings: WatcherSettings = settings) -> (WatcherMachine, Int) {
        var machine = WatcherMachine(settings: settings)
        var generation = 0
        for (index, event) in events.enumerated() {
            // A task that is done: the policy is needed for that alone.
            if event == .exited(.code(0)) { machine.settings.policy.respawn = .never }
            let event = if case .timer = event { WatcherEvent.timer(generation: generation) } else { event }
            for action in machine.handle(event, at: .seconds(10 * (index + 1))) {
                if case .arm(let armed, _) = action { generation = armed }
            }
        }
        machine.settings = settings
        return (machine, generation)
    }

    /// What an event makes of a machine, as a line of the table.
    static func line(_ event: WatcherEvent, _ way: [WatcherEvent], _ settings: WatcherSettings = settings) -> String {
        var (machine, generation) = machine(way, settings)
        let before = machine
        let timed = event == .timer(generation: 0) ? .timer(generation: generation) : event
        let actions = machine.handle(timed, at: .seconds(100))
        let name = TableWords.event(event)
        if actions.isEmpty && machine == before { return "\(name) | -" }
        let state = TableWords.state(machine)
        return actions.isEmpty ? "\(name) | \(state)" : "\(name) | \(state) | \(TableWords.actions(actions))"
    }
}

import Testing

@testable import Supervision

@Suite("A watcher's state machine")
struct WatcherMachineTests {
    private static let settings = WatcherSettings(
        startTimeout: .seconds(10), grace: .seconds(5), watchdog: .seconds(20))

    /// A machine that has been brought to the state named.
    private func machine(_ word: String, _ settings: WatcherSettings = settings) -> WatcherMachine {
        var machine = WatcherMachine(settings: settings)
        func feed(_ events: WatcherEvent...) { for event in events { _ = machine.handle(event, at: .zero) } }
        switch word {
        case "starting": feed(.start, .spawned)
        case "running": feed(.start, .spawned, .ready)
        case "backoff": feed(.start, .spawnFailed)
        case "stopping": feed(.start, .spawned, .ready, .stop)
        case "killing": feed(.start, .spawned, .ready, .kill)
        case "finished":
            machine.settings.policy.respawn = .never
            feed(.start, .spawned, .exited(.code(0)))
        case "failed": feed(.start, .spawned, .exited(.code(78)))
        default: break
        }
        return machine
    }

    /// What each event makes of each state: the whole table. "-" is: nothing changes.
    private static let table: [(state: String, after: [(WatcherEvent, String)])] = [
        (
            "stopped",
            [
                (.start, "starting"), (.restart, "starting"), (.stop, "-"), (.reload, "-"), (.kill, "-"),
                (.spawned, "-"), (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "-"),
                (.extend(.seconds(1)), "-"), (.exited(.code(1)), "-"), (.timer(generation: -1), "-"),
            ]
        ),
        (
            "starting",
            [
                (.start, "-"), (.restart, "stopping"), (.stop, "stopping"), (.kill, "stopping"), (.spawned, "-"),
                (.spawnFailed, "-"), (.ready, "running"), (.alive, "-"), (.stuck, "-"),
                (.extend(.seconds(1)), "-"), (.exited(.code(1)), "backoff"), (.exited(.code(78)), "failed"),
                (.timer(generation: -1), "-"),
            ]
        ),
        (
            "running",
            [
                (.start, "-"), (.restart, "stopping"), (.stop, "stopping"), (.reload, "-"), (.kill, "stopping"),
                (.spawned, "-"), (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "stopping"),
                (.extend(.seconds(1)), "-"), (.exited(.signal(11)), "backoff"), (.timer(generation: -1), "-"),
            ]
        ),
        (
            "backoff",
            [
                (.start, "starting"), (.restart, "starting"), (.stop, "stopped"), (.reload, "-"), (.kill, "stopped"),
                (.spawned, "-"), (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "-"),
                (.extend(.seconds(1)), "-"), (.exited(.code(1)), "-"), (.timer(generation: -1), "-"),
            ]
        ),
        (
            "stopping",
            [
                (.start, "-"), (.restart, "-"), (.stop, "-"), (.reload, "-"), (.kill, "-"), (.spawned, "-"),
                (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "-"), (.extend(.seconds(1)), "-"),
                (.exited(.code(0)), "stopped"), (.timer(generation: -1), "-"),
            ]
        ),
        (
            "killing",
            [
                (.start, "-"), (.restart, "-"), (.stop, "-"), (.reload, "-"), (.kill, "-"), (.spawned, "-"),
                (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "-"), (.extend(.seconds(1)), "-"),
                (.exited(.signal(9)), "stopped"), (.timer(generation: -1), "-"),
            ]
        ),
        (
            "finished",
            [
                (.start, "starting"), (.restart, "starting"), (.stop, "stopped"), (.reload, "-"), (.kill, "-"),
                (.spawned, "-"), (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "-"),
                (.extend(.seconds(1)), "-"), (.exited(.code(1)), "-"), (.timer(generation: -1), "-"),
            ]
        ),
        (
            "failed",
            [
                (.start, "starting"), (.restart, "starting"), (.stop, "stopped"), (.reload, "-"), (.kill, "-"),
                (.spawned, "-"), (.spawnFailed, "-"), (.ready, "-"), (.alive, "-"), (.stuck, "-"),
                (.extend(.seconds(1)), "-"), (.exited(.code(1)), "-"), (.timer(generation: -1), "-"),
            ]
        ),
    ]

    @Test("goes from state to state as its table says", arguments: table.map(\.state))
    func transitions(state: String) throws {
        let row = try #require(Self.table.first { $0.state == state })
        for (event, expected) in row.after {
            var machine = machine(state)
            let before = machine.state.word
            try #require(before == (state == "killing" ? "stopping" : state))
            _ = machine.handle(event, at: .zero)
            #expect(machine.state.word == (expected == "-" ? before : expected), "\(state) + \(event)")
        }
    }

    @Test("whose spawn fails arms a timer, and starts again when it fires")
    func spawnFails() {
        var machine = WatcherMachine(settings: Self.settings)
        #expect(machine.handle(.start, at: .zero) == [.arm(generation: 1, after: .seconds(10)), .spawn])
        let sequel = WatcherReport.Sequel.restart(
            after: .milliseconds(500), failures: 1, limit: 5, window: .seconds(60))
        #expect(
            machine.handle(.spawnFailed, at: .zero) == [
                .report(.couldNotStart(then: sequel)), .arm(generation: 2, after: .milliseconds(500)),
            ])
        // The start's own timer is of an older generation and matches nothing.
        #expect(machine.handle(.timer(generation: 1), at: .seconds(1)).isEmpty)
        #expect(
            machine.handle(.timer(generation: 2), at: .seconds(1)) == [
                .arm(generation: 3, after: .seconds(10)), .spawn,
            ])
    }

    @Test("past its settling time is started again at once")
    func restartsAtOnce() {
        var machine = machine("running")
        let actions = machine.handle(.exited(.signal(9)), at: .seconds(2))
        #expect(actions.first == .killGroup)
        #expect(actions.last == .spawn)
        #expect(machine.state.word == "starting")
    }

    @Test("that is not ready in time is stopped, killed after its grace, and counted as a failure")
    func startTimeout() {
        var machine = WatcherMachine(settings: Self.settings)
        _ = machine.handle(.start, at: .zero)
        _ = machine.handle(.spawned, at: .zero)
        #expect(
            machine.handle(.timer(generation: 1), at: .seconds(10)) == [
                .report(.startTimedOut(after: .seconds(10))), .signal(15), .arm(generation: 2, after: .seconds(5)),
            ])
        let actions = machine.handle(.timer(generation: 2), at: .seconds(15))
        #expect(actions.contains(.killGroup))
        #expect(machine.state == .killing(next: .failure(.startTimeout)))
        _ = machine.handle(.exited(.signal(9)), at: .seconds(15))
        #expect(machine.state == .backoff)
        #expect(machine.history.count == 1)
    }

    @Test("is killed when the watchdog hears nothing, and each sign of life puts that off")
    func watchdog() {
        var machine = WatcherMachine(settings: Self.settings)
        _ = machine.handle(.start, at: .zero)
        _ = machine.handle(.spawned, at: .zero)
        #expect(machine.handle(.ready, at: .zero).last == .arm(generation: 3, after: .seconds(20)))
        #expect(machine.handle(.alive, at: .seconds(19)) == [.arm(generation: 4, after: .seconds(20))])
        #expect(machine.handle(.timer(generation: 3), at: .seconds(20)).isEmpty)
        #expect(machine.handle(.timer(generation: 4), at: .seconds(39)).contains(.killGroup))
    }

    @Test("asked to reload while it starts is asked again once it is ready")
    func reloadWhileStarting() {
        var machine = machine("starting")
        #expect(machine.handle(.reload, at: .zero).isEmpty)
        #expect(machine.handle(.ready, at: .zero).last == .signal(1))
    }

    @Test("told to stop while it is being restarted stays down")
    func stopDuringRestart() {
        var machine = machine("running")
        _ = machine.handle(.restart, at: .zero)
        _ = machine.handle(.stop, at: .zero)
        _ = machine.handle(.exited(.code(0)), at: .zero)
        #expect(machine.state == .stopped)
    }

    @Test("that says its configuration is refused is not started again")
    func hopeless() {
        var machine = machine("starting")
        let actions = machine.handle(.exited(.code(78)), at: .zero)
        #expect(actions.contains(.report(.died(.code(78), uptime: nil, then: .hopeless))))
        #expect(machine.state == .failed)
    }
}

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
        default: break
        }
        return machine
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

    @Test("whose spawn fails pauses before the next, even where its policy knows no pause: else it would never return")
    func spawnFailsWithoutBackoff() {
        var settings = Self.settings
        settings.policy.initial = .zero
        settings.policy.cap = .zero
        var machine = WatcherMachine(settings: settings)
        _ = machine.handle(.start, at: .zero)
        #expect(machine.handle(.spawnFailed, at: .zero).last == .arm(generation: 2, after: WatcherMachine.startPause))
        #expect(machine.state == .backoff)
        // A process that ran and ended is another matter.
        _ = machine.handle(.timer(generation: 2), at: .seconds(1))
        _ = machine.handle(.spawned, at: .seconds(1))
        #expect(machine.handle(.exited(.code(1)), at: .seconds(1)).last == .spawn)
    }

    @Test("past its settling time is started again at once")
    func restartsAtOnce() {
        var machine = machine("running")
        let actions = machine.handle(.exited(.signal(9)), at: .seconds(2))
        #expect(actions.first == .killGroup)
        #expect(actions.last == .spawn)
        #expect(machine.state.word == "starting")
    }

    @Test("that ends as expected is started again without end: after a pause where it has not settled")
    func expectedEnds() {
        var machine = machine("running")
        var now = Duration.milliseconds(400)
        for _ in 1...20 {
            let ended = machine.handle(.exited(.code(0)), at: now)
            #expect(ended.prefix(2) == [.killGroup, .report(.ended(.code(0), restart: .milliseconds(500)))])
            guard case .arm(let generation, .milliseconds(500)) = ended.last else { break }
            _ = machine.handle(.timer(generation: generation), at: now + .milliseconds(500))
            now += .milliseconds(500)
            for event in [WatcherEvent.spawned, .ready] { _ = machine.handle(event, at: now) }
            now += .milliseconds(400)
        }
        #expect(machine.handle(.exited(.code(0)), at: .seconds(100)).last == .spawn)
        #expect(machine.history.count == 0)
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

    // MARK: Failures of other kinds

    @Test("that is unhealthy is stopped in order, and that counts as a failure")
    func unhealthy() {
        var settings = Self.settings
        settings.policy.settling = .seconds(60)
        var machine = machine("running", settings)
        #expect(
            machine.handle(.unhealthy, at: .seconds(50)) == [
                .report(.unhealthy(after: .seconds(50))), .signal(15), .arm(generation: 4, after: .seconds(5)),
            ])
        // A second verdict, and what the process says meanwhile, change nothing.
        for event: WatcherEvent in [.unhealthy, .ready, .alive, .stuck, .aged] {
            #expect(machine.handle(event, at: .seconds(51)).isEmpty)
        }
        let sequel = WatcherReport.Sequel.restart(
            after: .milliseconds(500), failures: 1, limit: 5, window: .seconds(60))
        #expect(
            machine.handle(.exited(.code(0)), at: .seconds(52)) == [
                .killGroup, .report(.died(.code(0), uptime: .seconds(50), then: sequel)),
                .arm(generation: 5, after: .milliseconds(500)),
            ])
    }

    @Test("whose hook refuses the process kills it, and that is a failed start")
    func refused() {
        var machine = machine("starting")
        #expect(
            machine.handle(.refused, at: .zero) == [
                .report(.refused), .killGroup, .arm(generation: 2, after: WatcherMachine.killAgain),
            ])
        _ = machine.handle(.exited(.signal(9)), at: .zero)
        #expect(machine.state == .backoff)
        #expect(machine.history.count == 1)
    }

    @Test("which is not to be restarted has failed for good, however it failed")
    func neverRestarted() {
        let settings = WatcherSettings(policy: RestartPolicy(respawn: .never), watchdog: .seconds(1))
        let ways: [[WatcherEvent]] = [
            [.start, .spawnFailed], [.start, .spawned, .exited(.code(1))],
            [.start, .spawned, .ready, .stuck, .exited(.signal(9))],
            [.start, .spawned, .ready, .unhealthy, .exited(.code(0))],
            [.start, .spawned, .refused, .exited(.signal(9))],
        ]
        for way in ways {
            var machine = WatcherMachine(settings: settings)
            for event in way { _ = machine.handle(event, at: .zero) }
            #expect(machine.state == .failed, "\(way)")
        }
    }

    // MARK: Ends that are no failures

    @Test("whose one process is killed by an operator starts the next one, and counts no failure")
    func terminated() {
        var machine = machine("running")
        #expect(
            machine.handle(.terminate(signal: 2, grace: .seconds(1)), at: .seconds(9)) == [
                .report(.stopping), .signal(2), .arm(generation: 4, after: .seconds(1)),
            ])
        #expect(
            machine.handle(.timer(generation: 4), at: .seconds(10)) == [
                .report(.graceExpired(after: .seconds(1))), .killGroup,
                .arm(generation: 5, after: WatcherMachine.killAgain),
            ])
        #expect(machine.handle(.exited(.signal(9)), at: .seconds(10)).last == .spawn)
        #expect(machine.history.count == 0)
    }

    @Test("that is old enough is replaced in order, and counts no failure")
    func aged() {
        var machine = machine("running")
        #expect(machine.handle(.aged, at: .seconds(86_400)).first == .report(.aged(after: .seconds(86_400))))
        #expect(machine.handle(.exited(.signal(15)), at: .seconds(86_401)).last == .spawn)
        #expect(machine.history.count == 0)
        // A process that is not ready yet is not too old.
        #expect(machine.handle(.aged, at: .seconds(86_402)).isEmpty)
    }

    @Test("that knows no signal to reload takes up a change by a new process")
    func reloadWithoutSignal() {
        var settings = Self.settings
        settings.reloadSignal = nil
        for word in ["starting", "running"] {
            var machine = machine(word, settings)
            #expect(machine.handle(.reload, at: .zero).contains(.signal(15)))
            #expect(machine.handle(.exited(.code(0)), at: .zero).last == .spawn)
        }
        settings.reloadSignal = 10
        var machine = machine("running", settings)
        #expect(machine.handle(.reload, at: .zero) == [.signal(10)])
    }

    // MARK: Time

    @Test("asked for more time gets it, never less")
    func extend() {
        var machine = machine("running")
        _ = machine.handle(.stop, at: .zero)
        #expect(machine.handle(.extend(.seconds(4)), at: .seconds(1)).isEmpty)
        #expect(machine.handle(.extend(.seconds(5)), at: .seconds(1)) == [.arm(generation: 5, after: .seconds(5))])
        #expect(
            machine.handle(.timer(generation: 5), at: .seconds(6)).first
                == .report(.graceExpired(after: .seconds(6))))
    }

    /// Seconds until the next start, failure by failure, of a process that never gets ready: the policy's delays, exactly.
    private static let backoffs: [(RestartPolicy, jitter: Double, seconds: [Double], endsInFailed: Bool)] = [
        (RestartPolicy(limit: nil), 0, [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30], false),
        (RestartPolicy(limit: nil), 1, [0.55, 1.1, 2.2, 4.4, 8.8, 17.6, 33, 33, 33, 33], false),
        (RestartPolicy(limit: nil, jitter: 0), 1, [0.5, 1, 2, 4], false),
        (RestartPolicy(factor: 3, cap: .seconds(10), limit: nil), 0, [0.5, 1.5, 4.5, 10, 10], false),
        (RestartPolicy(factor: 1, limit: nil), 0, [0.5, 0.5, 0.5, 0.5], false),
        (RestartPolicy(initial: .zero, limit: nil), 0, [0, 0, 0, 0, 0], false),
        (RestartPolicy(), 0, [0.5, 1, 2, 4], true),
        (RestartPolicy(limit: 1), 0, [], true),
        // The first failures have left the window when the limit is reached: those in a row count as well.
        (RestartPolicy(limit: 6, window: .seconds(10)), 0, [0.5, 1, 2, 4, 8], true),
    ]

    @Test("waits as long as its policy says before each start")
    func backoff() {
        for (policy, jitter, seconds, endsInFailed) in Self.backoffs {
            var machine = WatcherMachine(settings: WatcherSettings(policy: policy), jitter: jitter)
            var now = Duration.zero
            var delays: [Duration] = []
            _ = machine.handle(.start, at: now)
            for _ in 0..<(endsInFailed ? seconds.count + 1 : seconds.count) {
                _ = machine.handle(.spawned, at: now)
                let actions = machine.handle(.exited(.code(1)), at: now)
                if machine.state == .failed { break }
                if actions.last == .spawn {
                    delays.append(.zero)
                } else if case .arm(let generation, let delay) = actions.last {
                    delays.append(delay)
                    // A moment earlier nothing would have started.
                    now += delay
                    #expect(machine.handle(.timer(generation: generation), at: now).last == .spawn)
                }
            }
            #expect(delays == seconds.map { .nanoseconds(Int64(($0 * 1e9).rounded())) }, "\(policy)")
            #expect((machine.state == .failed) == endsInFailed, "\(policy)")
        }
    }

    @Test("that is never ready in time is given up by the default policy, although its failures lie far apart")
    func neverReady() {
        var machine = WatcherMachine(settings: WatcherSettings())
        var (now, due, generation, starts) = (Duration.zero, Duration.zero, 0, 0)
        func feed(_ event: WatcherEvent) {
            for action in machine.handle(event, at: now) {
                if case .arm(let number, let delay) = action { (generation, due) = (number, now + delay) }
                if action == .spawn { starts += 1 }
            }
        }
        func fire() {
            now = due
            feed(.timer(generation: generation))
        }
        feed(.start)
        while machine.state != .failed, starts < 10 {
            feed(.spawned)
            fire()
            feed(.exited(.signal(15)))
            if machine.state == .backoff { fire() }
        }
        #expect(starts == 5)
        #expect(now > .seconds(5 * 60))
    }

    @Test("that may fail for ever remembers only so much, and counts that")
    func unlimited() {
        let policy = RestartPolicy(initial: .zero, limit: nil)
        var machine = WatcherMachine(settings: WatcherSettings(policy: policy))
        _ = machine.handle(.start, at: .zero)
        for number in 0..<100_000 {
            _ = machine.handle(.spawned, at: .microseconds(number))
            _ = machine.handle(.exited(.code(0)), at: .microseconds(number))
        }
        #expect(machine.history.count == 100)
        #expect(machine.isSpawning)
    }

    // MARK: The supervisor's own upgrade

    @Test("takes over a process as it is, with the timers it needs")
    func adopted() {
        var ready = WatcherMachine(settings: Self.settings)
        #expect(
            ready.handle(.adopted(since: .seconds(5), ready: true), at: .seconds(9)) == [
                .report(.adopted), .arm(generation: 2, after: .seconds(20)),
            ])
        #expect(ready.state == .running(since: .seconds(5)))
        var starting = WatcherMachine(settings: Self.settings)
        _ = starting.handle(.adopted(since: .seconds(5), ready: false), at: .seconds(9))
        #expect(starting.handle(.ready, at: .seconds(10)).first == .report(.becameReady(after: .seconds(5))))
    }

    @Test("takes over how it stood without a process, and nothing that would need one")
    func rested() {
        for state: WatcherState in [.failed, .finished(.code(0)), .stopped] {
            var machine = WatcherMachine(settings: Self.settings)
            machine.rest(as: state)
            #expect(machine.state == state)
        }
        for state: WatcherState in [.running(since: .zero), .backoff, .stopping(next: .start)] {
            var machine = WatcherMachine(settings: Self.settings)
            machine.rest(as: state)
            #expect(machine.state == .stopped)
        }
        var running = machine("running")
        running.rest(as: .failed)
        #expect(running.ownsProcess)
    }

    @Test("goes by what the rest of its watcher's definition says")
    func definition() {
        var definition = WatcherDefinition(name: "a", command: ["/bin/true"])
        #expect(definition.machineSettings == definition.settings)
        definition.readiness = .started
        definition.reload = .replace
        definition.isOneshot = true
        #expect(!definition.machineSettings.awaitsReady)
        #expect(definition.machineSettings.reloadSignal == nil)
        #expect(definition.machineSettings.policy.respawn == .never)
        definition.settings.policy.respawn = .onFailure
        #expect(definition.machineSettings.policy.respawn == .onFailure)
    }

    @Test("draws an age between the one configured and that and its variance")
    func ages() {
        var definition = WatcherDefinition(name: "a", command: ["/bin/true"])
        #expect(definition.ageLimit(draw: 0.5) == nil)
        definition.maxAge = .zero
        #expect(definition.ageLimit(draw: 0.5) == nil)
        definition.maxAge = .seconds(100)
        #expect(
            [-1, 0, 0.5, 1, 2].map { definition.ageLimit(draw: $0) } == [100, 100, 115, 130, 130].map { .seconds($0) })
    }
}

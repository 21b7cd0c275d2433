import Testing

@testable import Supervision

/// A world for one machine: processes, a timer and a clock that only the test moves.
private struct World {
    var machine: WatcherMachine
    var now: Duration = .zero
    var processes = 0
    var timer: (generation: Int, due: Duration)?
    var spawnFails = false
    var violations: [String] = []

    mutating func feed(_ event: WatcherEvent) {
        for action in machine.handle(event, at: now) { perform(action) }
        check(after: event)
    }

    private mutating func perform(_ action: WatcherAction) {
        switch action {
        case .spawn:
            if spawnFails {
                feed(.spawnFailed)
            } else {
                processes += 1
                if processes > 1 { violations.append("two processes in one slot") }
                feed(.spawned)
            }
        case .arm(let generation, let delay): timer = (generation, now + delay)
        case .signal, .killGroup, .report: break
        }
    }

    private mutating func check(after event: WatcherEvent) {
        switch machine.state {
        case .stopped, .finished, .failed:
            if processes > 0 { violations.append("a process while \(machine.state.word), after \(event)") }
        case .backoff:
            if processes > 0 { violations.append("a process during back-off") }
            if timer == nil { violations.append("back-off without a timer") }
        case .starting, .stopping, .killing:
            if timer == nil { violations.append("\(machine.state.word) without a timer") }
        case .running: break
        }
    }

    mutating func exit(_ end: ProcessEnd) {
        guard processes > 0 else { return }
        processes -= 1
        feed(.exited(end))
    }

    mutating func fireTimer() {
        guard let due = timer else { return }
        timer = nil
        now = max(now, due.due)
        feed(.timer(generation: due.generation))
    }
}

@Suite("A simulated watcher")
struct WatcherSimulationTests {
    @Test("never has two processes, never lacks a process or a timer, and always stops", arguments: 0..<20)
    func invariants(seed: Int) {
        var generator = SplitMix(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        var settings = WatcherSettings(watchdog: seed.isMultiple(of: 2) ? .seconds(5) : nil)
        settings.awaitsReady = !seed.isMultiple(of: 3)
        settings.policy.respawn = seed.isMultiple(of: 7) ? .never : .always
        if seed.isMultiple(of: 5) { settings.policy.limit = nil }
        var world = World(machine: WatcherMachine(settings: settings, jitter: 0.5))
        for _ in 0..<20_000 {
            world.now += .milliseconds(Int64.random(in: 0...2000, using: &generator))
            world.spawnFails = Int.random(in: 0..<8, using: &generator) == 0
            step(&world, &generator)
            guard world.violations.isEmpty else { break }
        }
        #expect(world.violations == [])

        // Whatever came before, a stop ends: the process obeys, or is killed.
        world.feed(.stop)
        for _ in 0..<4 where world.machine.ownsProcess {
            world.fireTimer()
            if case .killing = world.machine.state { world.exit(.signal(9)) }
        }
        #expect(!world.machine.ownsProcess)
        #expect(world.processes == 0)
        #expect(world.machine.state == .stopped)
    }

    private func step(_ world: inout World, _ generator: inout SplitMix) {
        switch Int.random(in: 0..<14, using: &generator) {
        case 0: world.feed(.start)
        case 1: world.feed(.stop)
        case 2: world.feed(.restart)
        case 3: world.feed(.reload)
        case 4: world.feed(.kill)
        case 5, 6: if world.processes > 0 { world.feed(.ready) }
        case 7: if world.processes > 0 { world.feed(.alive) }
        case 8: if world.processes > 0 { world.feed(.extend(.seconds(3))) }
        case 9: world.exit(.signal(9))
        case 10: world.exit(.code(0))
        case 11: world.fireTimer()
        case 12: world.feed(.timer(generation: Int.random(in: 0..<50, using: &generator)))
        default: if world.processes > 0 { world.feed(.stuck) }
        }
    }
}

/// The same random numbers for the same seed. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

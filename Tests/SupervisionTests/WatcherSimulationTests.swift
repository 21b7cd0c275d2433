import Supervision
import Testing

@Suite("A simulated watcher")
struct WatcherSimulationTests {
    /// Two million steps and more, with all seeds.
    private static let steps = 120_000

    @Test("never has two processes, never lacks a process or a timer, and always stops", arguments: 0..<20)
    func invariants(seed: Int) {
        var generator = SplitMix(seed: seed)
        var world = SimulatedWorld(Self.settings(seed), jitter: 0.5)
        for count in 1...Self.steps {
            step(&world, &generator)
            if count.isMultiple(of: 1000) { stop(&world, obeys: generator.below(2) == 0) }
            guard world.violations.isEmpty else { break }
        }
        #expect(world.violations == [])
        #expect(world.spawns > Self.steps / 500)
    }

    /// The policies and settings that the seeds stand for.
    private static func settings(_ seed: Int) -> WatcherSettings {
        var settings = WatcherSettings(watchdog: seed.isMultiple(of: 2) ? .seconds(5) : nil)
        settings.awaitsReady = !seed.isMultiple(of: 3)
        settings.reloadSignal = seed.isMultiple(of: 5) ? nil : 1
        if seed.isMultiple(of: 2) { settings.retirement = .init(signal: 3, limit: .seconds(60)) }
        settings.policy.respawn = [.always, .always, .onFailure, .never][seed % 4]
        settings.policy.limit = [nil, 1, 5, nil, 50][seed % 5]
        settings.policy.initial = seed % 7 == 6 ? .zero : .milliseconds(500)
        return settings
    }

    /// Whatever came before, a stop ends: the process obeys, or is killed; a spawn under way is answered.
    private func stop(_ world: inout SimulatedWorld, obeys: Bool) {
        world.feed(.stop)
        for _ in 0..<6 where world.machine.ownsProcess {
            if world.spawning { world.answerSpawn(succeeds: !obeys) }
            if obeys || world.isKilled { world.exit(.signal(15)) } else { world.fireTimer() }
        }
        #expect(world.machine.state == .stopped)
        #expect(!world.hasProcess)
    }

    private func step(_ world: inout SimulatedWorld, _ generator: inout SplitMix) {
        // The clock stands still, creeps, or leaps by a day (a machine that was suspended).
        switch generator.below(64) {
        case 0..<24: break
        case 63: world.pass(.seconds(86_400))
        default: world.pass(.milliseconds(Int64(generator.below(1500))))
        }
        switch generator.below(48) {
        case 0..<10: world.answerSpawn(succeeds: generator.below(8) > 0)
        case 10..<18: order(&world, &generator)
        case 18..<22: world.feed(.ready)
        case 22..<25: world.feed([.alive, .alive, .stuck][generator.below(3)])
        case 25..<27: world.feed(.extend(.seconds(3)))
        case 27: world.feed(.unhealthy)
        case 28: world.feed(.aged)
        case 29: world.feed(.refused)
        case 30: world.adopt(ready: generator.below(2) == 0)
        // Answers that nobody waits for.
        case 31: if !world.spawning { world.feed([.spawned, .spawnFailed][generator.below(2)]) }
        case 32: if !world.hasProcess { world.feed(.exited(.code(0))) }
        case 33..<36: world.fireStaleTimer(1 + generator.below(3))
        case 36..<39: world.exit([.code(0), .code(1), .signal(11), .code(78)][generator.below(4)])
        case 39..<45: if world.isKilled || world.isAsked && generator.below(3) > 0 { world.exit(.signal(15)) }
        default: world.fireTimer()
        }
    }

    private func order(_ world: inout SimulatedWorld, _ generator: inout SplitMix) {
        switch generator.below(12) {
        case 0..<4: world.feed(.start)
        case 4: world.feed(.stop)
        case 5: world.feed(.retire)
        case 6..<8: world.feed(.restart)
        case 8..<10: world.feed(.reload)
        case 10: world.feed(.terminate(signal: 2, grace: generator.below(2) == 0 ? .seconds(1) : nil))
        default: world.feed(.kill)
        }
    }
}

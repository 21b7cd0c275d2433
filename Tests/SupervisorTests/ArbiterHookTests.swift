import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A hook", .serialized)
struct ArbiterHookTests {
    private static let forever = "trap 'exit 0' TERM; while :; do sleep 0.05; done"

    private func hook(_ point: HookDefinition.Point, _ script: String) -> HookDefinition {
        HookDefinition(point: point, command: ["/bin/sh", "-c", script])
    }

    private func scenario(_ hooks: [HookDefinition], in folder: ScenarioFolder? = nil) throws -> Scenario {
        try Scenario(
            [
                Scenario.shell("a", Self.forever) {
                    $0.hooks = hooks
                    $0.settings.policy.limit = 1
                    $0.settings.grace = .seconds(2)
                }
            ], in: folder)
    }

    @Test("runs at each turn, in order, with what it needs to know")
    func order() throws {
        let folder = try ScenarioFolder()
        let script =
            "echo $DOCKMASTER_HOOK $DOCKMASTER_WATCHER $DOCKMASTER_SIGNAL$DOCKMASTER_EXIT_CODE >> \(folder.path)/trace"
        let scenario = try scenario(HookDefinition.Point.allCases.map { hook($0, script) }, in: folder)
        #expect(try scenario.settle())
        #expect(try scenario.wait { scenario.read("trace").contains("after_start") })
        #expect(try scenario.stop() == 0)
        let lines = scenario.read("trace").split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "before_start a", "before_spawn a", "after_spawn a", "after_start a", "before_stop a",
                "before_signal a SIGTERM", "after_signal a SIGTERM", "before_reap a 0", "after_reap a 0",
                "after_stop a",
            ], "\(lines)")
    }

    @Test("of the watcher as a whole runs when it is restarted, by several at once, and not when it is reloaded")
    func restart() throws {
        let folder = try ScenarioFolder()
        let script = "echo $DOCKMASTER_HOOK >> \(folder.path)/trace"
        let points: [HookDefinition.Point] = [.beforeStart, .afterStart, .beforeStop, .afterStop]
        let scenario = try scenario(points.map { hook($0, script) }, in: folder)
        let started = "before_start\nafter_start\n"
        let stopped = "before_stop\nafter_stop\n"
        #expect(try scenario.wait { scenario.read("trace") == started })
        #expect(try scenario.order(.restart(sequential: false), "a").first?.result == "restarted")
        #expect(try scenario.wait { scenario.read("trace") == started + stopped + started })
        #expect(try scenario.order(.reload(.terminate), "a").first?.result == "reloaded")
        #expect(scenario.read("trace") == started + stopped + started)
        var entries: [OrderOutcome.Entry] = []
        let orders: [WatcherOrder] = [.restart(sequential: false), .reload(.terminate), .restart(sequential: false)]
        for order in orders {
            scenario.arbiter.carryOut(order, on: ["a"], waits: true) { entries += $0.entries }
        }
        #expect(try scenario.wait { entries.count == 3 })
        #expect(entries.map(\.result) == ["restarted", "reloaded", "restarted"], "\(entries)")
        #expect(scenario.state("a") == "running")
        let thrice = started + stopped + started + stopped + started + stopped + started
        #expect(try scenario.wait { scenario.read("trace") == thrice }, "\(scenario.read("trace"))")
        // A stop is the last word.
        scenario.arbiter.carryOut(.restart(sequential: false), on: ["a"], waits: true) { entries += $0.entries }
        #expect(try scenario.order(.stop, "a").first?.result == "stopped")
        #expect(try scenario.wait { entries.count == 4 })
        #expect(entries.last?.problem == "it was stopped meanwhile" && scenario.state("a") == "stopped")
        #expect(try scenario.stop() == 0)
    }

    @Test("that refuses the start leaves the watcher where it is, and says so")
    func refusesStart() throws {
        let scenario = try scenario([hook(.beforeStart, "exit 1")])
        #expect(try scenario.settle())
        #expect(scenario.instance("a") == 0 && scenario.arbiter.watchers["a"]?.hasFailed == true)
        let entry = try scenario.order(.start, "a").first
        #expect(entry?.problem?.contains("before_start") == true)
        #expect(try scenario.stop() == 1)
    }

    @Test("that refuses a process is a start that failed", arguments: [HookDefinition.Point.beforeSpawn, .afterSpawn])
    func refusesSpawn(point: HookDefinition.Point) throws {
        let scenario = try scenario([hook(point, "exit 1")])
        #expect(try scenario.wait { scenario.state("a") == "failed" })
        #expect(scenario.pids("a") == [])
        #expect(try scenario.stop() == 1)
    }

    @Test("that fails and is to be ignored changes nothing")
    func ignored() throws {
        var refusal = hook(.beforeSpawn, "exit 1")
        refusal.ignoresFailure = true
        let scenario = try scenario([refusal])
        #expect(try scenario.settle())
        #expect(scenario.state("a") == "running")
        #expect(try scenario.stop() == 0)
    }

    @Test("that gives no answer in time refuses")
    func timeout() throws {
        var slow = hook(.beforeStart, "sleep 1000")
        slow.timeout = .milliseconds(100)
        let scenario = try scenario([slow])
        #expect(try scenario.settle())
        #expect(scenario.arbiter.watchers["a"]?.refusal == "its hook before_start refuses")
        #expect(try scenario.stop() == 1)
    }

    @Test("that refuses a signal keeps it from the process, but never KILL")
    func refusesSignal() throws {
        let scenario = try scenario([hook(.beforeSignal, "exit 1")])
        #expect(try scenario.settle())
        let begun = MonotonicTime.now
        #expect(try scenario.stop() == 0)
        // Its stop signal was refused: the grace passed, and KILL is not asked about.
        #expect(MonotonicTime.now.since(begun) >= .seconds(2))
    }

    @Test("asked for one process is not ended because another one is not wanted any more")
    func scaledDownDuringSpawnHook() throws {
        let folder = try ScenarioFolder()
        let wait =
            "echo $DOCKMASTER_WID >> \(folder.path)/asked; while ! test -e \(folder.path)/go; do sleep 0.02; done"
        let scenario = try Scenario(
            [
                Scenario.shell("a", Self.forever) {
                    $0.instances = 2
                    $0.hooks = [hook(.beforeSpawn, wait)]
                    $0.settings.policy.limit = 1
                }
            ], in: folder)
        #expect(try scenario.wait { scenario.read("asked") == "1\n" })
        scenario.arbiter.carryOut(.scale(.to(1)), on: ["a"], waits: false) { _ in }
        #expect(try scenario.wait { scenario.arbiter.slots.count == 1 })
        close(open("\(folder.path)/go", O_CREAT, 0o600))
        #expect(try scenario.settle())
        #expect(scenario.state("a") == "running" && scenario.instance("a") == 1)
        // The other one's was never begun.
        #expect(scenario.read("asked") == "1\n")
        #expect(try scenario.stop() == 0)
    }

    @Test("is asked about an operator's signal as about one of ours, and told when it is sent")
    func operatorsSignal() throws {
        let folder = try ScenarioFolder()
        let trace = "echo $DOCKMASTER_HOOK $DOCKMASTER_SIGNAL >> \(folder.path)/trace"
        let before = hook(.beforeSignal, "\(trace); test $DOCKMASTER_SIGNAL != SIGUSR1")
        let scenario = try scenario([before, hook(.afterSignal, trace)], in: folder)
        #expect(try scenario.settle())
        // It would die of it.
        #expect(try scenario.order(.signal(SIGUSR1, .init()), "a").first?.result == "0 processes signalled")
        #expect(try scenario.order(.signal(SIGWINCH, .init()), "a").first?.result == "1 process signalled")
        #expect(try scenario.wait { scenario.arbiter.watchers["a"]?.hookRuns.isEmpty == true })
        #expect(scenario.instance("a") == 1)
        #expect(
            scenario.read("trace") == "before_signal SIGUSR1\nbefore_signal SIGWINCH\nafter_signal SIGWINCH\n")
        #expect(try scenario.stop() == 0)
    }

    @Test("that does not end does not keep a stop from being a stop")
    func stopDuringSpawnHook() throws {
        let scenario = try scenario([hook(.beforeSpawn, "sleep 1000")])
        #expect(try scenario.wait { scenario.arbiter.watchers["a"]?.hookRuns.isEmpty == false })
        let begun = MonotonicTime.now
        #expect(try scenario.stop() == 0)
        #expect(MonotonicTime.now.since(begun) < .seconds(5))
    }
}

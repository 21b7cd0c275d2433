import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("An order to a watcher", .serialized)
struct ArbiterOrderTests {
    private static let forever = "while :; do sleep 1000; done"

    private func scenario(_ count: Int = 1, _ change: (inout WatcherDefinition) -> Void = { _ in }) throws -> Scenario {
        let scenario = try Scenario([
            Scenario.shell("a", Self.forever) {
                $0.instances = count
                change(&$0)
            }
        ])
        #expect(try scenario.settle())
        return scenario
    }

    @Test("that does not exist is a problem of its own, and the others are served")
    func unknown() throws {
        let scenario = try scenario()
        let entries = try scenario.order(.stop, "nobody", "a")
        #expect(entries.map(\.result) == ["unknown", "stopped"])
        #expect(entries[0].problem == "there is no watcher nobody")
    }

    @Test("starts as many processes as it is to have, numbered from 1")
    func instances() throws {
        let scenario = try scenario(3)
        #expect(scenario.pids("a").count == 3)
        #expect(scenario.arbiter.watchers["a"]?.slots.map(\.place) == [1, 2, 3])
        #expect(scenario.arbiter.watchers["a"]?.slots.map(\.instance) == [1, 2, 3])
        #expect(try scenario.stop() == 0)
    }

    @Test("stops, starts and restarts, and is answered once it is so")
    func upAndDown() throws {
        let scenario = try scenario(2)
        let first = scenario.pids("a")
        #expect(try scenario.order(.start, "a").first?.result == "already running")
        #expect(try scenario.order(.stop, "a").first?.result == "stopped")
        #expect(first.allSatisfy { kill($0, 0) != 0 })
        #expect(scenario.state("a") == "stopped")
        #expect(try scenario.order(.stop, "a").first?.result == "already stopped")
        #expect(try scenario.order(.start, "a").first?.result == "started")
        let second = scenario.pids("a")
        #expect(try scenario.order(.restart(sequential: false), "a").first?.result == "restarted")
        #expect(Set(scenario.pids("a")).isDisjoint(with: second))
        #expect(scenario.pids("a").count == 2)
        #expect(try scenario.stop() == 0)
    }

    @Test("that restarts one after the other never has two processes down")
    func sequentialRestart() throws {
        let scenario = try scenario(3)
        let before = scenario.pids("a")
        var answered = false
        var fewest = 3
        scenario.arbiter.carryOut(.restart(sequential: true), on: ["a"], waits: true) { answered = $0.isComplete }
        #expect(
            try scenario.wait {
                fewest = min(fewest, scenario.arbiter.watchers["a"]?.slots.filter(\.isReady).count ?? 0)
                return answered
            })
        #expect(fewest == 2)
        #expect(Set(scenario.pids("a")).isDisjoint(with: before))
        #expect(try scenario.stop() == 0)
    }

    @Test("that reloads side by side has the new processes before the old ones go")
    func replaceAll() throws {
        let scenario = try scenario(2)
        let before = scenario.pids("a")
        var answered = false
        var most = 0
        scenario.arbiter.carryOut(.reload(.replace), on: ["a"], waits: true) { answered = $0.isComplete }
        #expect(
            try scenario.wait {
                most = max(most, scenario.arbiter.slots.values.filter { $0.child != nil }.count)
                return answered && scenario.arbiter.slots.count == 2
            })
        #expect(most == 4)
        #expect(Set(scenario.pids("a")).isDisjoint(with: before))
        #expect(try scenario.stop() == 0)
    }

    @Test("that reloads by a manner does so", arguments: [WatcherDefinition.ReloadManner.terminate, .sequential])
    func reloadManners(manner: WatcherDefinition.ReloadManner) throws {
        let scenario = try scenario(2)
        let before = scenario.pids("a")
        #expect(try scenario.order(.reload(manner), "a").first?.result == "reloaded")
        #expect(Set(scenario.pids("a")).isDisjoint(with: before))
        #expect(try scenario.stop() == 0)
    }

    @Test("scales up and down without touching the processes that stay")
    func scale() throws {
        let scenario = try scenario(2)
        let before = scenario.pids("a")
        #expect(try scenario.order(.scale(.by(2)), "a").first?.result == "4 instances")
        #expect(Array(scenario.pids("a").prefix(2)) == before)
        #expect(scenario.pids("a").count == 4)
        #expect(try scenario.order(.scale(.to(1)), "a").first?.result == "1 instance")
        #expect(scenario.pids("a") == [before[0]])
        #expect(scenario.arbiter.slots.count == 1)
        #expect(try scenario.order(.scale(.by(-5)), "a").first?.result == "0 instances")
        #expect(scenario.pids("a") == [])
        #expect(try scenario.stop() == 0)
    }

    @Test("never scales a singleton past one")
    func singleton() throws {
        let scenario = try scenario { $0.isSingleton = true }
        #expect(try scenario.order(.scale(.to(2)), "a").first?.problem?.contains("singleton") == true)
        #expect(scenario.pids("a").count == 1)
        // Nor does a reload have two side by side.
        #expect(try scenario.order(.reload(.replace), "a").first?.result == "reloaded")
        #expect(try scenario.stop() == 0)
    }

    @Test("signals the process, its children, or all below it")
    func signals() throws {
        let folder = try ScenarioFolder()
        let script = """
            sub note { open(my $f, '>>', "\(folder.path)/".shift); print $f shift()."\n"; close $f }
            sub role { my $n = shift; $SIG{USR1} = sub { note('got', $n) }; note('up', 'x'); sleep 1 while 1 }
            if (!fork) { if (!fork) { role('grandchild') } role('child') } role('main');
            """
        let scenario = try Scenario([Scenario.perl("a", script) { $0.readiness = .started }], in: folder)
        #expect(try scenario.wait { scenario.read("up") == "x\nx\nx\n" })
        let pid = try #require(scenario.pids("a").first)
        #expect(try scenario.order(.signal(SIGUSR1, .init(pid: pid)), "a").first?.result == "1 process signalled")
        #expect(try scenario.wait { scenario.read("got") == "main\n" })
        _ = try scenario.order(.signal(0, .init(children: true)), "a")
        #expect(try scenario.order(.signal(SIGUSR1, .init(pid: 1)), "a").first?.problem == "a has no process 1")
        _ = try scenario.order(.signal(SIGUSR1, .init(children: true)), "a")
        #expect(try scenario.wait { scenario.read("got") == "main\nchild\n" })
        _ = try scenario.order(.signal(SIGUSR1, .init(recursive: true)), "a")
        #expect(try scenario.wait { scenario.read("got").contains("grandchild\n") })
        #expect(try scenario.stop() == 0)
    }

    @Test("signals the process that MAINPID named, as a stop does, and the child itself where its pid is said")
    func mainProcess() throws {
        let folder = try ScenarioFolder()
        let script = """
            sub note { open(my $f, '>>', "\(folder.path)/got"); print $f shift()."\n"; close $f }
            $SIG{USR1} = sub { note('wrapper usr1') };
            my $main = fork;
            if (!$main) {
              $SIG{USR1} = sub { note('main usr1') }; $SIG{TERM} = sub { note('main term'); exit 0 };
              $notify->("MAINPID=$$\nREADY=1"); sleep 1 while 1
            }
            $SIG{TERM} = sub { note('wrapper term'); exit 0 };
            waitpid($main, 0); exit 0
            """
        let scenario = try Scenario([Scenario.perl("a", script)], in: folder)
        #expect(try scenario.settle())
        let slot = try scenario.slot("a")
        #expect(slot.mainProcess != nil && slot.mainProcess != slot.child?.pid)
        #expect(try scenario.order(.signal(SIGUSR1, .init()), "a").first?.result == "1 process signalled")
        #expect(try scenario.wait { scenario.read("got") == "main usr1\n" })
        _ = try scenario.order(.signal(SIGUSR1, .init(pid: scenario.pids("a").first)), "a")
        #expect(try scenario.wait { scenario.read("got") == "main usr1\nwrapper usr1\n" })
        #expect(try scenario.stop() == 0)
        #expect(scenario.read("got") == "main usr1\nwrapper usr1\nmain term\n")
    }

    @Test("kills one process by its own signal and grace, and the policy starts the next")
    func killOne() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "trap '' TERM INT; \(Self.forever)") {
                $0.instances = 2
                $0.settings.grace = .seconds(100)
            }
        ])
        #expect(try scenario.settle())
        let before = scenario.pids("a")
        let kill = WatcherOrder.kill(signal: SIGINT, grace: .milliseconds(50), pid: before[1])
        #expect(try scenario.order(kill, "a").first?.result == "1 process killed")
        #expect(try scenario.wait { scenario.pids("a").count == 2 && scenario.pids("a") != before })
        #expect(scenario.pids("a")[0] == before[0])
        scenario.arbiter.killAll()
    }

    @Test("is served beside fifty others at the same time")
    func concurrent() throws {
        let scenario = try scenario(2)
        var answers: [OrderOutcome] = []
        let orders: [WatcherOrder] = [
            .restart(sequential: false), .reload(.replace), .scale(.by(1)), .scale(.by(-1)), .start,
            .reload(.sequential), .kill(signal: nil, grace: nil, pid: nil),
        ]
        for number in 0..<50 {
            scenario.arbiter.carryOut(orders[number % orders.count], on: ["a"], waits: true) { answers.append($0) }
        }
        #expect(try scenario.wait(.seconds(60)) { answers.count == 50 }, "\(answers.count)")
        #expect(answers.flatMap(\.entries).compactMap(\.problem) == [])
        #expect(try scenario.stop() == 0)
    }

    @Test("adds a watcher, changes it, and removes it again")
    func addAndRemove() throws {
        let scenario = try scenario()
        var entries: [OrderOutcome.Entry] = []
        let definition = Scenario.shell("b", Self.forever)
        scenario.arbiter.addWatcher(definition, starts: true) { entries.append($0) }
        #expect(try scenario.wait { scenario.state("b") == "running" })
        scenario.arbiter.addWatcher(definition, starts: true) { entries.append($0) }
        #expect(entries.map(\.result) == ["added and started", "refused"])
        let pid = scenario.pids("b")
        var changed: OrderOutcome.Entry?
        var other = definition
        other.environment["NEW"] = "1"
        scenario.arbiter.change("b", to: other) { changed = $0 }
        #expect(try scenario.wait { changed != nil })
        #expect(changed?.problem == nil && scenario.pids("b") != pid)
        var removed: OrderOutcome.Entry?
        scenario.arbiter.removeWatcher("b", keepsProcesses: false) { removed = $0 }
        #expect(try scenario.wait { removed != nil })
        #expect(removed?.result == "removed" && scenario.arbiter.watchers["b"] == nil)
        #expect(try scenario.stop() == 0)
    }

    @Test("removes a watcher and lets its processes live")
    func keepsProcesses() throws {
        let scenario = try scenario()
        let pid = try #require(scenario.pids("a").first)
        scenario.arbiter.removeWatcher("a", keepsProcesses: true) { _ in }
        #expect(scenario.arbiter.watchers.isEmpty && scenario.arbiter.slots.isEmpty)
        #expect(kill(pid, 0) == 0)
        kill(-pid, SIGKILL)
    }

    @Test("publishes what happens")
    func events() throws {
        let scenario = try Scenario([Scenario.shell("a", Self.forever) { $0.settings.policy.settling = .zero }])
        var kinds: [SupervisorEvent.Kind] = []
        _ = scenario.arbiter.events.subscribe { kinds.append($0.kind) }
        #expect(try scenario.settle())
        let victim = try #require(scenario.pids("a").first)
        kill(victim, SIGKILL)
        #expect(try scenario.wait { scenario.instance("a") == 2 })
        _ = try scenario.order(.stop, "a")
        #expect(kinds == [.exited, .spawned, .restarted, .ready, .stopping, .stopped])
        #expect(try scenario.stop() == 0)
    }
}

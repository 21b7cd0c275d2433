import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A watcher that waits for others", .serialized)
struct ArbiterConditionTests {
    private static let forever = "while :; do sleep 1000; done"

    @Test("starts once a task has been completed, and not before")
    func completed() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario(
            [
                Scenario.shell("web", "cat \(folder.path)/schema; \(Self.forever)") {
                    $0.requires = [Dependency("migrate", .completed)]
                },
                Scenario.shell("migrate", "sleep 0.2; echo done > \(folder.path)/schema") { $0.isOneshot = true },
            ], in: folder)
        #expect(try scenario.settle())
        #expect(scenario.state("migrate") == "finished")
        #expect(try scenario.wait { scenario.read("logs/web/web.log") == "done\n" })
        #expect(try scenario.stop() == 0)
    }

    @Test("is given up when what it requires fails, and starts when that has been mended")
    func required() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario(
            [
                Scenario.shell("db", "test -e \(folder.path)/mended && \(Self.forever)") {
                    $0.settings.policy.limit = 1
                    // It must not count as ready in the moment before it ends.
                    $0.readiness = .after(.milliseconds(500))
                    $0.settings.awaitsReady = true
                }, Scenario.shell("web", Self.forever) { $0.requires = [Dependency("db")] },
                Scenario.shell("loner", Self.forever),
            ], in: folder)
        #expect(
            try scenario.wait {
                scenario.arbiter.watchers["web"]?.hasFailed == true && scenario.state("loner") == "running"
            })
        #expect(scenario.instance("web") == 0)
        #expect(scenario.arbiter.phase == .running)
        close(open("\(folder.path)/mended", O_CREAT, 0o600))
        #expect(try scenario.order(.start, "web").first?.result == "started")
        #expect(scenario.state("db") == "running")
        #expect(try scenario.stop() == 0)
    }

    @Test("ends with 1 when a watcher has failed, although it is stopped in good order")
    func failedStatus() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "exit 3") { $0.settings.policy.limit = 1 }, Scenario.shell("b", Self.forever),
        ])
        #expect(try scenario.wait { scenario.state("a") == "failed" && scenario.state("b") == "running" })
        #expect(scenario.arbiter.status.isReady == false)
        #expect(try scenario.stop() == 1)
    }

    @Test("is not started by itself where it says so, and is when somebody requires it")
    func autostart() throws {
        let scenario = try Scenario([Scenario.shell("a", Self.forever) { $0.autostart = false }])
        #expect(try scenario.settle())
        #expect(scenario.state("a") == "stopped")
        #expect(try scenario.order(.start, "a").first?.result == "started")
        #expect(try scenario.stop() == 0)
    }

    @Test(
        "ends everything with its own exit code, or 128 and the signal",
        arguments: [(0, "exit 0"), (7, "exit 7"), (143, "kill -TERM $$")])
    func onExit(code: Int32, script: String) throws {
        let scenario = try Scenario([
            Scenario.shell("main", "sleep 0.1; \(script)") { $0.onExit = .shutdown },
            Scenario.shell("side", Self.forever),
        ])
        #expect(try scenario.wait { scenario.arbiter.slots.isEmpty })
        #expect(scenario.arbiter.exitCode == code)
        scenario.relay.finish()
    }

    @Test("lets time pass between its processes, and between watchers")
    func warmup() throws {
        let scenario = try Scenario([
            Scenario.shell("a", Self.forever) {
                $0.instances = 3
                $0.warmup = .milliseconds(150)
            }
        ])
        let begun = MonotonicTime.now
        #expect(try scenario.settle())
        #expect(MonotonicTime.now.since(begun) >= .milliseconds(290))
        #expect(try scenario.stop() == 0)
        let several = try Scenario(["x", "y", "z"].map { Scenario.shell($0, Self.forever) }) {
            $0.settings.warmup = .milliseconds(150)
        }
        let again = MonotonicTime.now
        #expect(try several.settle())
        #expect(MonotonicTime.now.since(again) >= .milliseconds(290))
        #expect(try several.stop() == 0)
    }

    @Test("lets time pass between its processes when they are restarted or replaced, too")
    func warmupOfRestarts() throws {
        let scenario = try Scenario([
            Scenario.shell("a", Self.forever) {
                $0.instances = 3
                $0.warmup = .milliseconds(300)
            }
        ])
        #expect(try scenario.settle())
        let orders: [WatcherOrder] = [
            .restart(sequential: false), .restart(sequential: true), .reload(.replace), .reload(.terminate),
        ]
        for order in orders {
            // A busy machine starts one later than it was decided, the next in time.
            let before = scenario.pids("a")
            #expect(try scenario.order(order, "a").first?.problem == nil, "\(order)")
            #expect(scenario.pids("a").count == 3 && Set(scenario.pids("a")).isDisjoint(with: before), "\(order)")
            let starts = (scenario.arbiter.watchers["a"]?.slots ?? []).compactMap(\.startedAt).sorted()
            for (one, next) in zip(starts, starts.dropFirst()) {
                #expect(next.since(one) >= .milliseconds(100), "\(order)")
            }
        }
        #expect(try scenario.stop() == 0)
    }

    @Test("is not started by a reload or a restart of its processes while it waits for a connection")
    func onDemandWaits() throws {
        let folder = try ScenarioFolder()
        func service(_ version: String) -> WatcherDefinition {
            Scenario.shell("a", Self.forever) {
                $0.onDemand = true
                $0.environment["VERSION"] = version
                $0.sockets = [.init(name: "a", place: .unix(path: "\(folder.path)/a.sock", mode: 0o600))]
            }
        }
        let scenario = try Scenario([service("1")], in: folder)
        #expect(try scenario.settle())
        scenario.next.value = .success(DesiredState(definitions: [service("2")], logs: "\(folder.path)/logs"))
        var outcome: ReloadOutcome?
        scenario.arbiter.requestReload { outcome = $0 }
        #expect(try scenario.wait { outcome != nil })
        #expect(outcome?.isComplete == true && scenario.instance("a") == 0)
        #expect(try scenario.order(.restart(sequential: false), "a").first?.problem == nil)
        #expect(scenario.instance("a") == 1)
        #expect(try scenario.stop() == 0)
    }

    @Test("starts in the order of priority where nothing else decides, and stops in reverse")
    func priority() throws {
        let folder = try ScenarioFolder()
        func member(_ name: String, _ priority: Int) -> WatcherDefinition {
            Scenario.shell(name, "trap 'exit 0' TERM; \(Self.forever)") { $0.priority = priority }
        }
        let scenario = try Scenario([member("low", 1), member("high", 9), member("middle", 5)], in: folder)
        var spawned: [String] = []
        var stopping: [String] = []
        _ = scenario.arbiter.events.subscribe { event in
            if event.kind == .stopping { stopping.append(event.watcher ?? "") }
            if event.kind == .ready { spawned.append(event.watcher ?? "") }
        }
        #expect(try scenario.settle())
        #expect(scenario.arbiter.order == ["high", "middle", "low"])
        #expect(try scenario.stop() == 0)
        #expect(stopping == ["low", "middle", "high"])
    }

    @Test("by the thousand is started in linear time")
    func linear() throws {
        func time(_ count: Int) throws -> Duration {
            let scenario = try Scenario(
                (0..<count).map { number in
                    Scenario.shell("w\(number)", "") {
                        $0.command = ["/bin/sleep", "1000"]
                        $0.output = OutputDefinition(.discard)
                        $0.error = OutputDefinition(.discard)
                        if number > 0, number % 3 == 0 { $0.after = [Dependency("w\(number - 1)")] }
                    }
                })
            let begun = MonotonicTime.now
            #expect(try scenario.settle(.seconds(60)))
            let took = MonotonicTime.now.since(begun)
            #expect(try scenario.stop(within: .seconds(60)) == 0)
            return took
        }
        let small = try time(50)
        let large = try time(400)
        // Eight times as many: linear is 8, quadratic 64.
        #expect(large < small * 24 + .milliseconds(500), "\(small) \(large)")
    }
}

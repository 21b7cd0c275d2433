import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The supervisor's own start", .serialized)
struct ArbiterStartingTests {
    private static let forever = "while :; do sleep 1000; done"

    /// A service whose readiness probe fails.
    private func stumbling(_ name: String, _ change: (inout WatcherDefinition) -> Void = { _ in }) -> WatcherDefinition
    {
        Scenario.shell(name, Self.forever) {
            $0.readiness = .probe(.exec(["false"]), period: .milliseconds(20))
            $0.settings.awaitsReady = true
            $0.settings.startTimeout = .milliseconds(100)
            $0.settings.policy.limit = nil
            $0.settings.policy.initial = .seconds(100)
            $0.settings.policy.cap = .seconds(100)
            change(&$0)
        }
    }

    private func reload(_ scenario: Scenario, _ definitions: [WatcherDefinition]) throws -> ReloadOutcome {
        scenario.next.value = .success(DesiredState(definitions: definitions, logs: "\(scenario.folder.path)/logs"))
        var outcome: ReloadOutcome?
        scenario.arbiter.requestReload { outcome = $0 }
        try scenario.wait { outcome != nil }
        return try #require(outcome)
    }

    private func log(_ scenario: Scenario) -> String { scenario.read("logs/dockmaster/dockmaster.log") }

    @Test("does not wait for what has failed once, nor for those that wait for it, and says who is missing")
    func stumbles() throws {
        let scenario = try Scenario([
            stumbling("sick"), Scenario.shell("web", Self.forever) { $0.after = [.init("sick")] },
            Scenario.shell("edge", Self.forever) { $0.requires = [.init("web")] }, Scenario.shell("fine", Self.forever),
        ])
        #expect(try scenario.settle())
        #expect(scenario.state("sick") != "failed" && scenario.state("fine") == "running")
        #expect(scenario.instance("web") == 0 && scenario.instance("edge") == 0)
        #expect(scenario.arbiter.late == ["sick", "web", "edge"])
        // What is missing may still come.
        let mended = stumbling("sick") { $0.readiness = .probe(.exec(["true"]), period: .milliseconds(20)) }
        let rest = ["web", "edge"].compactMap { scenario.arbiter.watchers[$0]?.definition }
        _ = try reload(scenario, [mended, Scenario.shell("fine", Self.forever)] + rest)
        _ = try scenario.order(.restart(sequential: false), "sick")
        #expect(try scenario.wait { scenario.state("edge") == "running" && scenario.arbiter.late.isEmpty })
        #expect(try scenario.stop() == 0)
        #expect(log(scenario).contains("; not ready yet: sick, web, edge"))
    }

    @Test("does not wait for one that waits for the health of an unhealthy one, or for one that has failed")
    func waitsInVain() throws {
        let scenario = try Scenario([
            Scenario.shell("db", Self.forever) {
                $0.health = HealthCheck(
                    probe: .exec(["false"]), period: .milliseconds(20), threshold: 2, action: .ignore)
            }, Scenario.shell("web", Self.forever) { $0.after = [.init("db", .healthy)] },
            Scenario.shell("gone", "exit 1") {
                $0.settings.policy.limit = 1
                $0.readiness = .after(.seconds(100))
                $0.settings.awaitsReady = true
            }, Scenario.shell("side", Self.forever) { $0.after = [.init("gone")] },
        ])
        #expect(try scenario.settle())
        #expect(scenario.arbiter.late == ["web", "side"])
        #expect(try scenario.stop() == 1)
    }

    @Test("waits for the bundle's own workers until they are ready, or have failed for good")
    func essential() throws {
        let folder = try ScenarioFolder()
        let script = "test -e \(folder.path)/mended || exit 1; \(Self.forever)"
        let worker = Scenario.shell("worker", script) {
            $0.readiness = .after(.milliseconds(100))
            $0.settings.awaitsReady = true
            $0.settings.policy.limit = 4
            $0.settings.policy.initial = .milliseconds(20)
        }
        let scenario = try Scenario([worker], in: folder, essential: ["worker"])
        #expect(try scenario.wait { scenario.instance("worker") == 2 })
        #expect(scenario.arbiter.phase == .starting)
        close(open("\(folder.path)/mended", O_CREAT, 0o600))
        #expect(try scenario.settle())
        #expect(scenario.state("worker") == "running")
        unlink("\(folder.path)/mended")
        // It has proven itself: a failure now ends nobody else.
        _ = try scenario.order(.kill(signal: SIGKILL, grace: nil, pid: nil), "worker")
        #expect(try scenario.wait { scenario.state("worker") == "failed" })
        #expect(!scenario.arbiter.isStopping)
        #expect(try scenario.stop() == 1)
    }

    @Test("under way keeps no reload waiting, which mends what would never be ready and starts nobody too early")
    func reloads() throws {
        let task = Scenario.shell("task", "sleep 1000") { $0.isOneshot = true }
        let patient = stumbling("sick") { $0.settings.startTimeout = .seconds(600) }
        let after = Scenario.shell("after", Self.forever) { $0.requires = [.init("task", .completed)] }
        let scenario = try Scenario([task, patient, after])
        #expect(try scenario.wait { scenario.pids("sick").count == 1 && scenario.pids("task").count == 1 })
        #expect(scenario.arbiter.phase == .starting)
        let pid = scenario.pids("sick")
        var mended = patient
        mended.readiness = .probe(.exec(["true"]), period: .milliseconds(20))
        var other = after
        other.environment["NEW"] = "1"
        let outcome = try reload(scenario, [task, mended, other])
        #expect(outcome.isComplete, "\(outcome)")
        #expect(outcome.summary == "sick: adopt, after: replace")
        #expect(try scenario.wait { scenario.state("sick") == "running" })
        #expect(scenario.pids("sick") == pid)
        // It takes up the change once it may start, and no sooner.
        #expect(scenario.instance("after") == 0 && scenario.arbiter.watchers["after"]?.definition == other)
        #expect(scenario.arbiter.phase == .starting)
        #expect(try scenario.stop() == 0)
    }

    @Test("of one that is never ready ends with the default policy, although its failures lie far apart")
    func givesUp() {
        let policy = RestartPolicy()
        var history = FailureHistory()
        let verdicts = (1...5).map { history.note(at: .seconds($0 * 65), uptime: nil, policy: policy) }
        #expect(verdicts.prefix(4).allSatisfy { $0 != .giveUp } && verdicts.last == .giveUp)
        let sequel = WatcherReport.Sequel.gaveUp(failures: 5, window: nil)
        #expect(
            ReportSentence(.couldNotStart(then: sequel), slot: "a[5]", reason: "x")?.text
                == "a[5] did not start: x. Given up after 5 failures in a row.")
    }
}

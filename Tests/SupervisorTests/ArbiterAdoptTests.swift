import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A change that needs no other process", .serialized)
struct ArbiterAdoptTests {
    private static let forever = "while :; do sleep 1000; done"

    private func service(_ change: (inout WatcherDefinition) -> Void = { _ in }) -> WatcherDefinition {
        Scenario.shell("db", Self.forever) {
            $0.settings.policy.settling = .zero
            change(&$0)
        }
    }

    private func check(_ command: String..., action: HealthCheck.Action = .restart) -> HealthCheck {
        HealthCheck(probe: .exec(command), period: .milliseconds(20), threshold: 2, action: action)
    }

    private func reload(_ scenario: Scenario, _ definitions: WatcherDefinition...) throws -> [String] {
        scenario.next.value = .success(DesiredState(definitions: definitions, logs: "\(scenario.folder.path)/logs"))
        var outcome: ReloadOutcome?
        scenario.arbiter.requestReload { outcome = $0 }
        try scenario.wait { outcome != nil }
        return try #require(outcome).steps.map { "\($0.watcher): \($0.step)" + ($0.problem ?? "") }
    }

    @Test("of nothing to a health check has the service checked, and who waits for its health starts")
    func addsHealth() throws {
        let scenario = try Scenario([service()])
        #expect(try scenario.settle())
        let pid = scenario.pids("db")
        let web = Scenario.shell("web", Self.forever) { $0.requires = [Dependency("db", .healthy)] }
        #expect(try reload(scenario, service { $0.health = check("true") }, web) == ["db: adopt", "web: add"])
        #expect(scenario.state("web") == "running")
        #expect(scenario.pids("db") == pid)
        #expect(try scenario.stop() == 0)
    }

    @Test("of a health check to another asks the new one, which begins without a verdict")
    func changesHealth() throws {
        let scenario = try Scenario([service { $0.health = check("false", action: .ignore) }])
        #expect(try scenario.wait { (try? scenario.slot("db").health.isHealthy) == .some(false) })
        // Unhealthy already by the old check: the new one's failures count all the same.
        #expect(try reload(scenario, service { $0.health = check("test", "1", "=", "2") }) == ["db: adopt"])
        #expect(try scenario.wait { scenario.instance("db") >= 2 })
        #expect(try scenario.stop() == 0)
    }

    @Test("of a health check to nothing ends the checks")
    func removesHealth() throws {
        let folder = try ScenarioFolder()
        let asked = check("sh", "-c", "echo asked >> \(folder.path)/asked", action: .restart)
        let scenario = try Scenario([service { $0.health = asked }], in: folder)
        #expect(try scenario.wait { scenario.read("asked").contains("asked") })
        #expect(try reload(scenario, service()) == ["db: adopt"])
        #expect(try scenario.slot("db").healthWatch == nil)
        #expect(try scenario.stop() == 0)
    }

    @Test("of its greatest age holds for the process that runs", arguments: [nil, 1000] as [Int?])
    func changesAge(before: Int?) throws {
        let scenario = try Scenario([
            service {
                $0.maxAge = before.map { .seconds($0) }
                $0.ageVariance = .zero
            }
        ])
        #expect(try scenario.settle())
        let young = service {
            $0.maxAge = .milliseconds(100)
            $0.ageVariance = .zero
        }
        #expect(try reload(scenario, young) == ["db: adopt"])
        #expect(try scenario.wait { scenario.instance("db") >= 2 })
        #expect(try reload(scenario, service { $0.ageVariance = .zero }) == ["db: adopt"])
        #expect(try scenario.wait { (try? scenario.slot("db").isReady) == true })
        #expect(try scenario.slot("db").ageTimer == nil)
        #expect(try scenario.stop() == 0)
    }
}

import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A watcher that is removed", .serialized)
struct ArbiterRemovalTests {
    private static let forever = "while :; do sleep 1000; done"

    @Test("answers everybody who waits for it")
    func waits() throws {
        let scenario = try Scenario([Scenario.perl("a", "sleep 1000 while 1;")])
        var results: [String] = []
        scenario.arbiter.carryOut(.start, on: ["a"], waits: true) { results += $0.entries.map(\.result) }
        scenario.arbiter.carryOut(.restart(sequential: false), on: ["a"], waits: true) {
            results += $0.entries.map(\.result)
        }
        scenario.arbiter.carryOut(.kill(signal: SIGCONT, grace: .seconds(5), pid: nil), on: ["a"], waits: true) {
            results += $0.entries.map(\.result)
        }
        #expect(results.isEmpty)
        scenario.arbiter.removeWatcher("a", keepsProcesses: true) { results.append($0.result) }
        #expect(results.count == 4, "\(results)")
    }

    @Test(
        "and lets its process live has nothing to do with that process's end, nor has one that follows under its name")
    func keptProcess() throws {
        let scenario = try Scenario([Scenario.shell("a", Self.forever) { $0.settings.policy.settling = .zero }])
        #expect(try scenario.settle())
        let kept = try #require(scenario.pids("a").first)
        scenario.arbiter.removeWatcher("a", keepsProcesses: true) { _ in }
        scenario.arbiter.addWatcher(Scenario.shell("a", Self.forever), starts: true) { _ in }
        #expect(try scenario.wait { scenario.pids("a").count == 1 })
        let instances = scenario.arbiter.watchers["a"]?.instances
        kill(-kept, SIGKILL)
        #expect(try scenario.wait { kill(kept, 0) != 0 })
        #expect(scenario.arbiter.watchers["a"]?.instances == instances)
        #expect(try scenario.stop() == 0)
    }

    @Test("and comes again is waited for as before by those that depend on it")
    func dependents() throws {
        let scenario = try Scenario([
            Scenario.shell("a", Self.forever), Scenario.shell("b", Self.forever) { $0.after = [.init("a")] },
        ])
        #expect(try scenario.settle())
        var removed = false
        scenario.arbiter.remove("a", keepsProcesses: true) { _ in removed = true }
        #expect(removed)
        scenario.arbiter.addWatcher(Scenario.shell("a", Self.forever), starts: true) { _ in }
        #expect(scenario.arbiter.dependents["a"] == ["b"])
        #expect(try scenario.stop() == 0)
    }

    @Test("stays while others wait for it, and goes once they are gone", arguments: [true, false])
    func neededByOthers(keepsProcesses: Bool) throws {
        let scenario = try Scenario([
            Scenario.shell("db", Self.forever), Scenario.shell("web", Self.forever) { $0.after = [.init("db")] },
        ])
        #expect(try scenario.settle())
        var entries: [OrderOutcome.Entry] = []
        let pids = scenario.pids("db")
        scenario.arbiter.removeWatcher("db", keepsProcesses: keepsProcesses) { entries.append($0) }
        #expect(entries.first?.problem == "web waits for db (`after` or `requires`)")
        #expect(scenario.pids("db") == pids)
        // What would have been refused from then on.
        scenario.arbiter.addWatcher(Scenario.shell("more", Self.forever), starts: true) { entries.append($0) }
        #expect(entries.last?.problem == nil)
        scenario.arbiter.removeWatcher("web", keepsProcesses: false) { entries.append($0) }
        scenario.arbiter.removeWatcher("db", keepsProcesses: false) { entries.append($0) }
        #expect(try scenario.wait { entries.count == 4 })
        #expect(entries.suffix(2).map(\.result) == ["removed", "removed"])
        #expect(try scenario.stop() == 0)
    }

    @Test("cannot be removed by scaling past every number: that is refused")
    func absurdScale() throws {
        let scenario = try Scenario([Scenario.shell("a", Self.forever)])
        #expect(try scenario.settle())
        #expect(try scenario.order(.scale(.by(.max)), "a").first?.result == "refused")
        #expect(scenario.pids("a").count == 1)
        #expect(try scenario.stop() == 0)
    }
}

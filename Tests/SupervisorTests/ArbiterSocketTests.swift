import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A watcher's socket", .serialized)
struct ArbiterSocketTests {
    /// A client that ends with 0 when it is answered, with 1 when it is turned away.
    private func client(_ path: String) throws -> ChildProcess {
        let script =
            "alarm 10; socket(S,AF_UNIX,SOCK_STREAM,0); connect(S,pack_sockaddr_un('\(path)')) or exit 2; exit(<S> ? 0 : 1)"
        return try Spawner.spawn(SpawnRequest("/usr/bin/perl", ["-MSocket", "-e", script]))
    }

    private func end(of client: ChildProcess, _ scenario: Scenario) throws -> ProcessControl.ExitStatus? {
        var status: ProcessControl.ExitStatus?
        _ = try scenario.wait {
            status = status ?? client.reap()
            return status != nil
        }
        return status
    }

    private func web(_ folder: ScenarioFolder, _ change: (inout WatcherDefinition) -> Void) -> WatcherDefinition {
        Scenario.perl(
            "web", "open(my $l,'+<&=',3); while (1) { accept(my $c,$l) or next; syswrite($c,\"hello\\n\"); close $c }"
        ) {
            $0.readiness = .started
            $0.sockets = [SocketDefinition(name: "http", place: .unix(path: "\(folder.path)/w.sock", mode: 0o600))]
            change(&$0)
        }
    }

    @Test("starts it with the first connection, and not after an operator has stopped it")
    func onDemand() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario([web(folder) { $0.onDemand = true }], in: folder)
        #expect(try scenario.settle())
        #expect(scenario.instance("web") == 0)
        #expect(try end(of: client("\(folder.path)/w.sock"), scenario) == .code(0))
        #expect(scenario.state("web") == "running")
        #expect(try scenario.order(.stop, "web").first?.result == "stopped")
        let second = try client("\(folder.path)/w.sock")
        try scenario.wait(.milliseconds(200)) { false }
        #expect(scenario.state("web") == "stopped")
        second.signal(SIGKILL)
        #expect(try end(of: second, scenario) == .signal(SIGKILL))
        #expect(try scenario.stop() == 0)
    }

    @Test("turns clients away once it has failed, instead of letting them wait")
    func failed() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario(
            [
                web(folder) {
                    $0.command = ["/bin/false"]
                    $0.settings.policy.limit = 1
                }
            ], in: folder)
        #expect(try scenario.wait { scenario.state("web") == "failed" })
        #expect(try end(of: client("\(folder.path)/w.sock"), scenario) == .code(1))
        #expect(try scenario.stop() == 1)
    }

    @Test("replaces a process that has grown old, side by side or one after the other", arguments: [false, true])
    func age(isSingleton: Bool) throws {
        let scenario = try Scenario([
            Scenario.shell("a", "while :; do sleep 1000; done") {
                $0.maxAge = .milliseconds(200)
                $0.ageVariance = .zero
                $0.isSingleton = isSingleton
            }
        ])
        #expect(try scenario.settle())
        var most = 0
        #expect(
            try scenario.wait {
                most = max(most, scenario.arbiter.slots.values.filter { $0.child != nil }.count)
                return (scenario.arbiter.watchers["a"]?.instances ?? 0) >= 3
            })
        #expect(most == (isSingleton ? 1 : 2))
        #expect(try scenario.stop() == 0)
    }
}

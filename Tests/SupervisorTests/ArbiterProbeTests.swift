import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A probe", .serialized)
struct ArbiterProbeTests {
    private static let forever = "while :; do sleep 1000; done"

    /// A server in perl at a unix socket that answers every request alike, or not at all.
    private func server(_ path: String, _ answer: String, delay: Double = 0) -> String {
        """
        select(undef,undef,undef,\(delay));
        socket(my $l,AF_UNIX,SOCK_STREAM,0); unlink '\(path)'; bind($l,pack_sockaddr_un('\(path)')); listen($l,9);
        while (1) { accept(my $c,$l) or next; sysread($c,my $r,999); \(answer) close $c }
        """
    }

    private func ready(_ readiness: Readiness, _ definition: WatcherDefinition, in folder: ScenarioFolder) throws
        -> Duration?
    {
        var definition = definition
        definition.readiness = readiness
        definition.settings.awaitsReady = true
        let begun = MonotonicTime.now
        let scenario = try Scenario([definition], in: folder)
        let isReady = try scenario.settle() && scenario.state("a") == "running"
        let took = MonotonicTime.now.since(begun)
        _ = try scenario.stop()
        return isReady ? took : nil
    }

    @Test("of a unix socket, of HTTP and of a command tell when a process is ready")
    func readiness() throws {
        let folder = try ScenarioFolder()
        let path = "\(folder.path)/s.sock"
        let web = Scenario.perl("a", server(path, "syswrite($c,\"HTTP/1.1 204 No\\r\\n\\r\\n\");", delay: 0.2))
        let period = Duration.milliseconds(20)
        let limits = Duration.milliseconds(190)..<Duration.seconds(10)
        for probe in [
            Probe.unix(path: path), .http(host: "", port: 0, path: "/healthz", socket: path),
            .exec(["test", "-S", path]),
        ] {
            unlink(path)
            let took = try #require(try ready(.probe(probe, period: period), web, in: folder), "\(probe)")
            #expect(limits.contains(took), "\(probe)")
        }
    }

    @Test("of a TCP port tells when a process is ready")
    func tcp() throws {
        let folder = try ScenarioFolder()
        let script = """
            select(undef,undef,undef,0.2);
            socket(my $l,AF_INET,SOCK_STREAM,0); setsockopt($l,SOL_SOCKET,SO_REUSEADDR,1);
            bind($l,pack_sockaddr_in(28113,inet_aton('127.0.0.1'))) or die; listen($l,9); sleep 1000 while 1;
            """
        let probe = Probe.tcp(host: "localhost", port: 28113)
        let took = try ready(.probe(probe, period: .milliseconds(20)), Scenario.perl("a", script), in: folder)
        #expect(try #require(took) >= .milliseconds(190))
    }

    @Test("is not needed where a newline on a descriptor or some time says it")
    func descriptorAndTime() throws {
        let folder = try ScenarioFolder()
        let said = Scenario.shell("a", "sleep 0.2; printf 'x\\n' >&5; \(Self.forever)")
        #expect(try #require(try ready(.descriptor(5), said, in: folder)) >= .milliseconds(190))
        let patient = Scenario.shell("a", Self.forever)
        #expect(try #require(try ready(.after(.milliseconds(200)), patient, in: folder)) >= .milliseconds(200))
    }

    @Test("that never says yes ends in a start timeout")
    func timeout() throws {
        let scenario = try Scenario([
            Scenario.shell("a", Self.forever) {
                $0.readiness = .probe(.exec(["false"]), period: .milliseconds(20))
                $0.settings.awaitsReady = true
                $0.settings.startTimeout = .milliseconds(300)
                $0.settings.policy.limit = 1
            }
        ])
        #expect(try scenario.wait { scenario.state("a") == "failed" })
        #expect(try scenario.stop() == 1)
    }

    @Test("understands a status line and refuses what is no HTTP")
    func statusLine() {
        #expect(ProbeRun.verdict(Array("HTTP/1.1 200 OK\r".utf8)[...]) == nil)
        #expect(ProbeRun.verdict(Array("HTTP/1.0 503 Service Unavailable\r".utf8)[...]) == "HTTP 503")
        #expect(ProbeRun.verdict(Array("SSH-2.0-OpenSSH".utf8)[...]) == "what answers is not HTTP")
    }

    @Test("that hangs is ended, and its command is killed")
    func hangs() throws {
        let folder = try ScenarioFolder()
        let loop = try EventLoop()
        let reaper = Reaper(loop: loop, adoptsOrphans: false)
        var problem: String?
        var status: ProcessControl.ExitStatus?
        let run = ProbeRun(
            .exec(["/bin/sleep", "1000"]), timeout: .milliseconds(100), loop: loop,
            command: { words, ended in
                let child = try Spawner.spawn(SpawnRequest(words[0], Array(words.dropFirst())))
                reaper.expect(child) {
                    status = $0
                    ended($0)
                }
                return child
            }
        ) { problem = $0 }
        let deadline = MonotonicTime.now.advanced(by: .seconds(10))
        while status == nil, MonotonicTime.now < deadline { try loop.turn(waiting: .milliseconds(20)) }
        #expect(problem == "no answer within 0.1 s")
        #expect(status == .signal(SIGKILL))
        withExtendedLifetime((run, folder)) {}
    }

    // MARK: Health

    private func checked(_ action: HealthCheck.Action, _ folder: ScenarioFolder) throws -> Scenario {
        try Scenario(
            [
                Scenario.shell("a", Self.forever) {
                    $0.health = HealthCheck(
                        probe: .exec(["test", "-e", "\(folder.path)/well"]), period: .milliseconds(30),
                        threshold: 3, action: action)
                    $0.settings.policy.settling = .zero
                    $0.settings.policy.limit = nil
                }
            ], in: folder)
    }

    private func setHealth(_ folder: ScenarioFolder, _ isWell: Bool) {
        if isWell { close(open("\(folder.path)/well", O_CREAT, 0o600)) } else { unlink("\(folder.path)/well") }
    }

    @Test("that fails as often as the threshold says restarts the process")
    func restarts() throws {
        let folder = try ScenarioFolder()
        setHealth(folder, true)
        let scenario = try checked(.restart, folder)
        #expect(try scenario.wait { scenario.arbiter.watchers["a"]?.standing.isHealthy == true })
        setHealth(folder, false)
        #expect(try scenario.wait { scenario.instance("a") >= 2 })
        #expect(try scenario.stop() == 0)
        #expect(scenario.read("logs/dockmaster/dockmaster.log").contains("a[1] is unhealthy"))
    }

    @Test("is only told of where it is to be ignored, and so is the recovery")
    func ignores() throws {
        let folder = try ScenarioFolder()
        let scenario = try checked(.ignore, folder)
        var events: [SupervisorEvent] = []
        _ = scenario.arbiter.events.subscribe { events.append($0) }
        #expect(try scenario.wait { events.filter { $0.kind == .checkFailed }.count == 3 })
        #expect(events.last?.fields["unhealthy"] == "true")
        setHealth(folder, true)
        #expect(try scenario.wait { events.last?.kind == .checkRecovered })
        #expect(scenario.instance("a") == 1)
        #expect(try scenario.stop() == 0)
    }

    @Test("ends the supervisor with 1 where it is to")
    func shutdown() throws {
        let scenario = try checked(.shutdown, try ScenarioFolder())
        #expect(try scenario.wait { scenario.arbiter.slots.isEmpty })
        #expect(scenario.arbiter.exitCode == 1)
        scenario.relay.finish()
    }

    @Test("holds back who waits for a healthy service")
    func healthyDependency() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario(
            [
                Scenario.shell("db", Self.forever) {
                    $0.health = HealthCheck(
                        probe: .exec(["test", "-e", "\(folder.path)/well"]), period: .milliseconds(20), action: .ignore)
                }, Scenario.shell("web", Self.forever) { $0.requires = [Dependency("db", .healthy)] },
            ], in: folder)
        #expect(try scenario.wait { scenario.state("db") == "running" })
        try scenario.wait(.milliseconds(200)) { false }
        #expect(scenario.instance("web") == 0)
        setHealth(folder, true)
        #expect(try scenario.wait { scenario.state("web") == "running" })
        #expect(try scenario.stop() == 0)
    }
}

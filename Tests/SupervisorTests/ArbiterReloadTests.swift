import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A reload", .serialized)
struct ArbiterReloadTests {
    private func reload(_ scenario: Scenario) throws -> ReloadOutcome {
        var outcome: ReloadOutcome?
        scenario.arbiter.requestReload { outcome = $0 }
        try scenario.wait { outcome != nil }
        return try #require(outcome)
    }

    private func server(_ name: String, _ version: UInt64, _ change: (inout WatcherDefinition) -> Void = { _ in })
        -> WatcherDefinition
    {
        Scenario.perl(
            name,
            """
            $SIG{HUP} = sub { $notify->("RELOADING=1"); print "hup\\n"; $notify->("STATUS=ready"); $notify->("READY=1") };
            $notify->("READY=1"); while (1) { sleep 1000 }
            """
        ) {
            $0.files = ["/x": version]
            change(&$0)
        }
    }

    private func desired(_ scenario: Scenario, _ definitions: [WatcherDefinition]) -> DesiredState {
        DesiredState(definitions: definitions, logs: "\(scenario.folder.path)/logs")
    }

    @Test("that is refused changes nothing and says why")
    func refused() throws {
        let scenario = try Scenario([server("a", 1)])
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        let pid = try scenario.slot("a").child?.pid
        scenario.next.value = .failure(
            Refusal(problems: ["x.yaml:3: users: is wrong. Mend it.", "x.yaml:9: acl: too."]))
        let outcome = try reload(scenario)
        #expect(!outcome.isApplied)
        #expect(outcome.problems.count == 2)
        #expect(try scenario.slot("a").child?.pid == pid)
        #expect(try scenario.stop() == 0)
        let log = scenario.read("logs/dockmaster/dockmaster.log")
        #expect(log.contains("the new configuration is refused: x.yaml:3: users: is wrong. Mend it."))
        #expect(log.contains("refused: x.yaml:9"))
        #expect(scenario.read("logs/a/a.log") == "")
    }

    @Test("whose sockets cannot be bound changes nothing")
    func portTaken() throws {
        let taken = try BoundSocket(.tcp4(address: "127.0.0.1", port: 0))
        let scenario = try Scenario([server("a", 1)])
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        let place = SocketDefinition.Place.tcp(host: "127.0.0.1", port: try #require(taken.port))
        scenario.next.value = .success(
            desired(scenario, [server("a", 2) { $0.sockets = [.init(name: "https", place: place)] }]))
        let outcome = try reload(scenario)
        #expect(!outcome.isApplied)
        #expect(outcome.problems.first?.contains("is taken by") == true)
        #expect(try scenario.slot("a").definition.files == ["/x": 1])
        #expect(try scenario.stop() == 0)
    }

    @Test("signals, replaces, adds and removes as the plan says, and leaves the rest alone")
    func plan() throws {
        let scenario = try Scenario([server("same", 1), server("signal", 1), server("replace", 1), server("gone", 1)])
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        let same = try scenario.slot("same").child?.pid
        let signal = try scenario.slot("signal").child?.pid
        let replaced = try #require(scenario.slot("replace").child?.pid)
        scenario.next.value = .success(
            desired(
                scenario,
                [
                    server("same", 1), server("signal", 2), server("replace", 1) { $0.environment["NEW"] = "1" },
                    server("new", 1),
                ]))
        let outcome = try reload(scenario)
        #expect(outcome.isComplete, "\(outcome)")
        #expect(outcome.summary == "signal: signal, replace: replace, new: add, gone: remove")
        #expect(try scenario.slot("same").child?.pid == same)
        #expect(try scenario.slot("signal").child?.pid == signal)
        #expect(try scenario.slot("replace").child?.pid != replaced)
        #expect(scenario.state("new") == "running")
        #expect(scenario.state("gone") == "none")
        #expect(try scenario.wait { scenario.arbiter.watchers["replace"]?.retiring.isEmpty == true })
        #expect(kill(replaced, 0) != 0)
        #expect(try scenario.stop() == 0)
        #expect(scenario.read("logs/signal/signal.log") == "hup\n")
        #expect(scenario.read("logs/same/same.log") == "")
    }

    /// A worker that says what it is told, and ends on TERM alone.
    private func transferring(_ scenario: Scenario?, _ generation: Int) -> WatcherDefinition {
        Scenario.perl(
            "a",
            """
            $SIG{QUIT} = sub { print "finishing\\n" }; $SIG{TERM} = sub { print "stopped\\n"; exit 0 };
            $notify->("READY=1"); while (1) { sleep 1000 }
            """
        ) {
            $0.environment["GENERATION"] = "\(generation)"
            $0.settings.retirement = .init(signal: SIGQUIT, limit: .seconds(3_600))
        }
    }

    @Test("has a replaced worker finish what it has begun; of many the oldest give way, and a stop waits for none")
    func retirement() throws {
        let scenario = try Scenario([transferring(nil, 0)])
        #expect(try scenario.settle())
        func lines(_ word: String) -> Int {
            scenario.read("logs/a/a.log").split(separator: "\n").count { $0 == word }
        }
        for generation in 1...4 {
            scenario.next.value = .success(desired(scenario, [transferring(scenario, generation)]))
            #expect(try reload(scenario).summary == "a: replace")
            #expect(try scenario.wait { lines("finishing") == generation })
        }
        #expect(scenario.arbiter.watchers["a"]?.retiring.map(\.isRetired) == [true, true, true, true])
        #expect(lines("stopped") == 0)
        scenario.next.value = .success(desired(scenario, [transferring(scenario, 5)]))
        #expect(try reload(scenario).isComplete)
        #expect(try scenario.wait { lines("finishing") == 5 && lines("stopped") == 1 })
        #expect(try scenario.wait { scenario.arbiter.watchers["a"]?.retiring.map(\.instance) == [2, 3, 4, 5] })
        #expect(try scenario.stop() == 0)
        #expect(lines("stopped") == 6)
        #expect(scenario.read("logs/dockmaster/dockmaster.log").contains("it finishes what it has begun, for 1"))
    }

    @Test("stops a replaced worker whose time for that is over")
    func retirementEnds() throws {
        func impatient(_ generation: Int) -> WatcherDefinition {
            var definition = transferring(nil, generation)
            definition.settings.retirement?.limit = .milliseconds(200)
            return definition
        }
        let scenario = try Scenario([impatient(0)])
        #expect(try scenario.settle())
        scenario.next.value = .success(desired(scenario, [impatient(1)]))
        #expect(try reload(scenario).isComplete)
        #expect(try scenario.wait { scenario.arbiter.watchers["a"]?.retiring.isEmpty == true })
        #expect(try scenario.wait { scenario.read("logs/a/a.log") == "finishing\nstopped\n" })
        #expect(scenario.read("logs/dockmaster/dockmaster.log").contains("has not finished what it had begun within"))
        #expect(try scenario.stop() == 0)
    }

    @Test("keeps the old instance when the new one does not become ready")
    func replacementFails() throws {
        let scenario = try Scenario([server("a", 1)])
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        let pid = try scenario.slot("a").child?.pid
        scenario.next.value = .success(desired(scenario, [Scenario.perl("a", "exit 1")]))
        let outcome = try reload(scenario)
        #expect(outcome.isApplied && !outcome.isComplete)
        #expect(outcome.steps.first?.problem?.contains("the old one goes on") == true)
        #expect(try scenario.slot("a").child?.pid == pid)
        #expect(scenario.arbiter.watchers["a"]?.slots.first?.incoming == nil)
        #expect(scenario.state("a") == "running")
        #expect(try scenario.stop() == 0)
    }

    @Test("reports a worker that keeps its old configuration")
    func workerRefuses() throws {
        let script = """
            $SIG{HUP} = sub { $notify->("RELOADING=1");
              $notify->("STATUS=ready on the old configuration: the new one is refused"); $notify->("READY=1") };
            $notify->("READY=1"); while (1) { sleep 1000 }
            """
        let scenario = try Scenario([Scenario.perl("a", script)])
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        scenario.next.value = .success(desired(scenario, [Scenario.perl("a", script) { $0.files = ["/x": 2] }]))
        #expect(try reload(scenario).steps.first?.problem?.contains("keeps its old configuration") == true)
        #expect(try scenario.stop() == 0)
    }

    @Test("hands the same listener to the new instance")
    func sameListener() throws {
        let folder = try ScenarioFolder()
        let socket = SocketDefinition(name: "http", place: .unix(path: "\(folder.path)/a.sock", mode: 0o600))
        func web(_ answer: String) -> WatcherDefinition {
            Scenario.perl(
                "web",
                """
                $notify->("READY=1");
                open(my $l, '+<&=', 3) or die;
                while (1) { accept(my $c, $l) or next; syswrite($c, '\(answer)'); close $c }
                """
            ) { $0.sockets = [socket] }
        }
        let scenario = try Scenario([web("one")], in: folder)
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        #expect(try ask(socket: "\(folder.path)/a.sock") == "one")
        scenario.next.value = .success(desired(scenario, [web("two")]))
        #expect(try reload(scenario).isComplete)
        #expect(try scenario.wait { scenario.arbiter.watchers["web"]?.retiring.isEmpty == true })
        #expect(try ask(socket: "\(folder.path)/a.sock") == "two")
        #expect(try scenario.stop() == 0)
    }

    private func ask(socket path: String) throws -> String {
        var request = SpawnRequest(
            "/usr/bin/perl",
            [
                "-MSocket", "-e",
                "socket(S,AF_UNIX,SOCK_STREAM,0); connect(S,pack_sockaddr_un('\(path)')) or die; print <S>",
            ])
        let pipe = try Pipe().ends()
        defer { close(pipe.reading) }
        request.output = pipe.writing
        let child = try Spawner.spawn(request)
        close(pipe.writing)
        while child.reap() == nil { usleep(1000) }
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(pipe.reading, &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }
}

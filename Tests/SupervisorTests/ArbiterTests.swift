import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The arbiter", .serialized)
struct ArbiterTests {
    private static let forever = "while :; do sleep 1000; done"

    @Test("starts each watcher once those it requires are ready, and stops them in reverse")
    func order() throws {
        let folder = try ScenarioFolder()
        let trace = "\(folder.path)/trace"
        func member(_ name: String, after: [String]) -> WatcherDefinition {
            Scenario.perl(
                name,
                """
                sub mark { open(my $f, '>>', '\(trace)'); print $f shift; close $f }
                $SIG{TERM} = sub { mark('-\(name) '); exit 0 };
                select(undef,undef,undef,0.1); mark('+\(name) '); $notify->("READY=1");
                while (1) { sleep 1000 }
                """
            ) { $0.requires = after.map { Dependency($0) } }
        }
        let scenario = try Scenario(
            [
                member("proxy", after: ["auth", "registry"]), member("auth", after: []),
                member("registry", after: ["auth"]),
            ],
            in: folder)
        #expect(try scenario.wait { scenario.arbiter.phase == .running })
        #expect(scenario.read("trace") == "+auth +registry +proxy ")
        #expect(try scenario.stop() == 0)
        #expect(scenario.read("trace") == "+auth +registry +proxy -proxy -registry -auth ")
    }

    @Test("starts a killed process again at once when it had settled, and tells its last words")
    func restart() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "echo 'Fatal error: out of cheese'; \(Self.forever)") {
                $0.settings.policy.settling = .milliseconds(100)
            }
        ])
        #expect(try scenario.wait { scenario.state("a") == "running" })
        let first = try #require(scenario.slot("a").child?.pid)
        try scenario.wait(.milliseconds(150)) { false }
        let killed = MonotonicTime.now
        kill(first, SIGKILL)
        #expect(try scenario.wait { scenario.instance("a") == 2 })
        #expect(MonotonicTime.now.since(killed) < .milliseconds(500))
        let second = try #require(scenario.slot("a").child?.pid)
        #expect(second != first)
        #expect(try scenario.stop() == 0)
        let log = scenario.read("logs/dockmaster/dockmaster.log")
        #expect(log.contains("a[1] died: SIGKILL after"))
        #expect(
            log.contains(
                #"Restart at once (failure 1 of 5 in 60 s). Last words: \"Fatal error: out of cheese\". See: "#))
    }

    @Test("kills what ignores TERM once its grace is over, its whole group with it")
    func graceExpires() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario(
            [
                Scenario.shell(
                    "a", "trap '' TERM; sleep 1000 & echo $! > \(folder.path)/grandchild; wait; \(Self.forever)"
                ) {
                    $0.settings.grace = .milliseconds(300)
                }
            ], in: folder)
        #expect(try scenario.wait { scenario.read("grandchild").hasSuffix("\n") })
        let grandchild = try #require(pid_t(scenario.read("grandchild").dropLast()))
        let started = MonotonicTime.now
        #expect(try scenario.stop() == 0)
        #expect(MonotonicTime.now.since(started) >= .milliseconds(300))
        #expect(MonotonicTime.now.since(started) < .seconds(4))
        // Gone, or a zombie that waits for whoever adopted it.
        let stat = TextFile.read("/proc/\(grandchild)/stat")
        #expect(stat == nil || stat?.contains(") Z ") == true)
        #expect(scenario.read("logs/dockmaster/dockmaster.log").contains("did not stop within"))
    }

    @Test("stops at once during a back-off")
    func stopDuringBackoff() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "exit 3") {
                $0.settings.policy.initial = .seconds(600)
                $0.settings.policy.cap = .seconds(600)
            }
        ])
        #expect(try scenario.wait { scenario.state("a") == "backoff" })
        let started = MonotonicTime.now
        #expect(try scenario.stop() == 0)
        #expect(MonotonicTime.now.since(started) < .seconds(1))
    }

    @Test("ends with a code of its own when a start fails for good, and with 78 when a configuration was refused")
    func failedStart() throws {
        let broken = try Scenario(
            [
                Scenario.perl("a", "exit 3") {
                    $0.settings.policy.initial = .milliseconds(1)
                    $0.settings.policy.limit = 3
                }, Scenario.shell("b", Self.forever),
            ], essential: ["a"])
        #expect(try broken.wait { broken.arbiter.slots.isEmpty })
        #expect(broken.arbiter.exitCode == 1)
        broken.relay.finish()

        let refused = try Scenario([Scenario.perl("a", "exit 78")], essential: ["a"])
        #expect(try refused.wait { refused.arbiter.slots.isEmpty })
        #expect(refused.arbiter.exitCode == 78)
        refused.relay.finish()
    }

    @Test("names the program that is not there, and backs off")
    func missingProgram() throws {
        var definition = WatcherDefinition(name: "a", command: ["/nonexistent/dockmaster-auth"])
        definition.settings.policy.limit = 1
        let scenario = try Scenario([definition])
        #expect(try scenario.wait { scenario.state("a") == "failed" })
        #expect(try scenario.stop() == 1)
        #expect(
            scenario.read("logs/dockmaster/dockmaster.log").contains(
                "a[1] did not start: cannot execute /nonexistent/dockmaster-auth: No such file or directory"))
    }

    @Test("kills a process that its watchdog does not hear, and starts it again")
    func watchdog() throws {
        let scenario = try Scenario([
            Scenario.perl("a", "$notify->('READY=1'); while (1) { sleep 1000 }") {
                $0.settings.watchdog = .milliseconds(200)
                $0.settings.policy.settling = .zero
            }
        ])
        #expect(try scenario.wait { scenario.instance("a") >= 2 })
        #expect(try scenario.stop() != nil)
        #expect(scenario.read("logs/dockmaster/dockmaster.log").contains("gave no sign of life"))
    }

    @Test("keeps every line of a watcher over its restarts, with no line glued to another")
    func logsOverRestarts() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "printf 'first %%s line\\n\\377half'; exit 1") {
                $0.settings.policy.initial = .milliseconds(1)
                $0.settings.policy.limit = 4
            }, Scenario.shell("b", Self.forever),
        ])
        #expect(try scenario.wait { scenario.arbiter.slots.isEmpty || scenario.state("a") == "failed" })
        #expect(try scenario.stop() != nil)
        let lines = scenario.read("logs/a/a.log").split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines.filter { $0 == "first %s line" }.count == 4)
        #expect(lines.filter { $0.hasSuffix("half") }.count == 4)
    }

    @Test("ends the line that a process told to stop leaves unfinished, and one of a task that is done")
    func logsOverOrders() throws {
        let scenario = try Scenario([
            Scenario.perl("a", "$SIG{TERM} = sub { print 'bye'; exit 0 }; $notify->('READY=1'); sleep 1000 while 1"),
            Scenario.shell("task", "printf half") { $0.isOneshot = true },
        ])
        #expect(try scenario.settle())
        for _ in 0..<2 {
            #expect(try scenario.order(.restart(sequential: false), "a").first?.result == "restarted")
            #expect(try scenario.order(.start, "task").first?.result == "started")
        }
        // Not only once the next process writes.
        #expect(try scenario.order(.stop, "a").first?.result == "stopped")
        #expect(try scenario.wait { scenario.read("logs/a/a.log") == "bye\nbye\nbye\n" })
        #expect(try scenario.wait { scenario.read("logs/task/task.log") == "half\nhalf\nhalf\n" })
        #expect(try scenario.stop() == 0)
    }

    @Test("that ends as expected is started again, however often, and that is no failure")
    func expectedEnds() throws {
        let scenario = try Scenario([
            Scenario.shell("poller", "exit 0") { $0.settings.policy.initial = .milliseconds(1) },
            Scenario.shell("b", Self.forever),
        ])
        #expect(try scenario.wait { scenario.instance("poller") >= 8 })
        #expect(scenario.state("poller") != "failed")
        #expect(try scenario.stop() == 0)
        let log = scenario.read("logs/dockmaster/dockmaster.log")
        #expect(log.contains("poller[1] has ended: exit code 0. It is started again in 0.1 s."))
        #expect(!log.contains("died"))
    }
}

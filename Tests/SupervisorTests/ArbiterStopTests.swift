import Glibc
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A stop", .serialized)
struct ArbiterStopTests {
    private static let forever = "while :; do sleep 1000; done"

    /// A service with a grandchild in a session of its own that ignores TERM and holds the output open.
    private func daemonizer(_ folder: ScenarioFolder) -> WatcherDefinition {
        Scenario.perl(
            "a",
            """
            use POSIX;
            if (!fork) {
              setsid(); $SIG{TERM} = $SIG{HUP} = 'IGNORE';
              open(my $f, '>', '\(folder.path)/pid.new'); print $f $$; close $f; rename('\(folder.path)/pid.new', '\(folder.path)/pid');
              sleep 1000 while 1;
            }
            sleep 1000 while 1;
            """
        ) { $0.readiness = .started }
    }

    private func isRunning(_ pid: ProcessID) -> Bool { ProcessTable.startTime(of: pid) != nil }

    @Test("leaves no grandchild in a session of its own, where only its tree tells of it")
    func tree() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario([daemonizer(folder)], in: folder)
        #expect(try scenario.wait { ProcessID(scenario.read("pid")) != nil })
        let grandchild = try #require(ProcessID(scenario.read("pid")))
        let begun = MonotonicTime.now
        #expect(try scenario.order(.stop, "a").first?.result == "stopped")
        #expect(MonotonicTime.now.since(begun) < .seconds(3))
        #expect(try scenario.wait { !isRunning(grandchild) })
        #expect(try scenario.stop() == 0)
    }

    @Test("or a crash leaves nothing in the slot's control group")
    func controlGroup() throws {
        // A machine without a writable cgroup v2 tree has the other means, which are tested above.
        guard let own = ControlGroups.ownFolder() else { return }
        let folder = try ScenarioFolder()
        let scenario = try Scenario([daemonizer(folder)], in: folder, surroundings: { $0.controlGroups = own })
        #expect(try scenario.wait { ProcessID(scenario.read("pid")) != nil })
        let grandchild = try #require(ProcessID(scenario.read("pid")))
        let group = try #require(scenario.slot("a").controlGroup)
        #expect(TextFile.read("\(group)/cgroup.procs")?.contains("\(grandchild)") == true)
        unlink("\(folder.path)/pid")
        let victim = try #require(scenario.pids("a").first)
        kill(victim, SIGKILL)
        #expect(try scenario.wait { !isRunning(grandchild) && scenario.read("pid") != "" })
        #expect(try scenario.stop() == 0)
        #expect(try scenario.wait { access(group, F_OK) != 0 })
    }

    @Test("asks the whole tree where it is to")
    func stopsChildren() throws {
        let folder = try ScenarioFolder()
        let scenario = try Scenario(
            [
                Scenario.perl(
                    "a",
                    """
                    use POSIX;
                    if (!fork) {
                      setsid();
                      $SIG{TERM} = sub { open(my $f, '>', '\(folder.path)/asked'); close $f; exit 0 };
                      open(my $f, '>', '\(folder.path)/up'); print $f 'x'; close $f; sleep 1000 while 1;
                    }
                    $SIG{TERM} = sub { wait(); exit 0 };
                    sleep 1000 while 1;
                    """
                ) {
                    $0.readiness = .started
                    $0.stopsChildren = true
                }
            ], in: folder)
        #expect(try scenario.wait { scenario.read("up") == "x" })
        #expect(try scenario.order(.stop, "a").first?.result == "stopped")
        #expect(access("\(folder.path)/asked", F_OK) == 0)
        #expect(try scenario.stop() == 0)
    }

    @Test("that takes longer than all of it may ends in a kill")
    func deadline() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "trap '' TERM; \(Self.forever)") { $0.settings.grace = .seconds(600) }
        ]) { $0.settings.stopDeadline = .milliseconds(300) }
        #expect(try scenario.settle())
        let begun = MonotonicTime.now
        #expect(try scenario.stop() == 0)
        #expect(MonotonicTime.now.since(begun) < .seconds(5))
    }

    @Test("of a thousand processes that restart grows no descriptor and no memory of slots")
    func noGrowth() throws {
        let scenario = try Scenario([
            Scenario.shell("a", "exit 1") {
                $0.settings.policy.limit = nil
                $0.settings.policy.initial = .zero
                $0.settings.policy.cap = .zero
            }
        ])
        #expect(try scenario.wait { scenario.instance("a") > 20 })
        let before = ProcessTable.entries(of: "/proc/self/fd").count
        #expect(try scenario.wait(.seconds(60)) { scenario.instance("a") > 520 })
        // Other tests open descriptors meanwhile, but not five hundred.
        #expect(ProcessTable.entries(of: "/proc/self/fd").count < before + 100)
        #expect(scenario.arbiter.slots.count == 1 && scenario.arbiter.slotsByProcess.count <= 1)
        #expect(try scenario.stop() == 0)
    }
}

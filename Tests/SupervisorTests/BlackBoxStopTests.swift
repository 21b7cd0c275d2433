import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("A stop, seen from outside", .serialized)
struct BlackBoxStopTests {
    @Test("kills a process that ignores TERM once its grace is over, not sooner and not much later")
    func ignoresTerm() throws {
        let run = try BlackBoxRun(
            "  deaf: {cmd: [/usr/bin/perl, -e, '$SIG{TERM} = \"IGNORE\"; sleep 1 while 1'], graceful_timeout: 700ms}")
        #expect(try run.start(), "\(run.output)")
        let took = BlackBoxRun.measure { #expect(run.end() == .code(0), "\(run.output)") }
        #expect(took >= .milliseconds(700))
        #expect(took < .seconds(3))
        #expect(run.output.contains("did not stop within 0.7 s; it is killed"))
    }

    /// Its grandchild, in a session of its own, holds the standard output and writes its pid.
    private static func holder(_ more: String) -> String {
        """
          parent:
            graceful_timeout: 2s
            cmd:
              - /usr/bin/perl
              - -e
              - |
                use POSIX;
                $SIG{TERM} = sub { exit 0 };
                if (!fork) { POSIX::setsid(); \(more)
                  open(F, ">", "FOLDER/new"); print F $$; close F; rename "FOLDER/new", "FOLDER/grandchild";
                  sleep 1 while 1 }
                sleep 1 while 1;
        """
    }

    @Test("ends a grandchild that left the session and holds the output, without waiting for it")
    func grandchild() throws {
        let run = try BlackBoxRun(Self.holder(""))
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { !run.read("grandchild").isEmpty })
        let grandchild = try #require(ProcessID(run.read("grandchild")))
        #expect(BlackBoxRun.isAlive(grandchild))
        let took = BlackBoxRun.measure { #expect(run.end() == .code(0), "\(run.output)") }
        #expect(!BlackBoxRun.isAlive(grandchild))
        #expect(took < .milliseconds(1500))
    }

    @Test("ends such a grandchild that ignores TERM as well, within the grace time and a moment")
    func deafGrandchild() throws {
        let run = try BlackBoxRun(Self.holder("$SIG{TERM} = 'IGNORE';"))
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { !run.read("grandchild").isEmpty })
        let grandchild = try #require(ProcessID(run.read("grandchild")))
        let took = BlackBoxRun.measure { #expect(run.end() == .code(0), "\(run.output)") }
        #expect(!BlackBoxRun.isAlive(grandchild))
        #expect(took < .seconds(3))
    }

    @Test("or a crash leaves no orphan of a session of its own, known by its environment alone")
    func environment() throws {
        let script = """
            use POSIX;
            sub orphan { if (!fork) { POSIX::setsid(); if (!fork) { %ENV = (); exec(@_) } exit 0 } wait }
            orphan("/usr/bin/env", "DOCKMASTER_WATCHER=$ENV{DOCKMASTER_WATCHER}",
                "DOCKMASTER_INSTANCE=$ENV{DOCKMASTER_INSTANCE}", "/bin/sh", "-c",
                'echo $$ > FOLDER/ours.new; mv FOLDER/ours.new FOLDER/ours-$DOCKMASTER_INSTANCE; exec sleep 1000');
            orphan("/bin/sh", "-c", 'echo $$ > FOLDER/other.new; mv FOLDER/other.new FOLDER/other; exec sleep 1000');
            sleep 1 while 1;
            """
        let run = try BlackBoxRun("  parent: {cmd: [/usr/bin/perl, FOLDER/parent.pl]}")
        try run.write("parent.pl", script.replacing("FOLDER", with: run.folder.path))
        // Without the tree of control groups, which would find it as well.
        let wrapper =
            geteuid() == 0
            ? ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", "umount -a -t cgroup2; exec \"$@\"", "sh"] : []
        #expect(try run.start(wrapper: wrapper), "\(run.output)")
        #expect(run.wait { !run.read("ours-1").isEmpty && !run.read("other").isEmpty }, "\(run.output)")
        let (ours, other) = (run.lines("ours-1")[0], run.lines("other")[0])
        let (orphan, stranger) = (try #require(ProcessID(ours)), try #require(ProcessID(other)))
        let parent = try #require(
            BlackBoxRun.children(of: run.pid).first {
                TextFile.read("/proc/\($0)/cmdline")?.contains("parent.pl") == true
            })
        #expect(kill(parent, SIGKILL) == 0)
        #expect(run.wait { !BlackBoxRun.isAlive(orphan) && !run.read("ours-2").isEmpty }, "\(run.output)")
        // Nothing says whose this one is: it is left alone until the end.
        #expect(BlackBoxRun.isAlive(stranger))
        #expect(run.end() == .code(0), "\(run.output)")
        #expect(!BlackBoxRun.isAlive(stranger))
    }

    @Test("leaves no descendant of an orphan that heeds no TERM, which comes to us only once its parent is killed")
    func deafOrphans() throws {
        let script = """
            use POSIX;
            if (!fork) { POSIX::setsid(); if (!fork) { %ENV = (); exec('/usr/bin/perl', 'FOLDER/orphan.pl') } exit 0 }
            sleep 1 while 1;
            """
        let orphan = """
            $SIG{TERM} = 'IGNORE';
            sub deaf { open(my $f, '>', "FOLDER/".shift); print $f "$$\n"; close $f; sleep 1 while 1 }
            if (!fork) { if (!fork) { deaf('grandchild') } deaf('child') } deaf('orphan');
            """
        let run = try BlackBoxRun("  parent: {cmd: [/usr/bin/perl, FOLDER/parent.pl]}")
        try run.write("parent.pl", script.replacing("FOLDER", with: run.folder.path))
        try run.write("orphan.pl", orphan.replacing("FOLDER", with: run.folder.path))
        // Without the tree of control groups, which would find them all.
        let wrapper =
            geteuid() == 0
            ? ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", "umount -a -t cgroup2; exec \"$@\"", "sh"] : []
        #expect(try run.start(wrapper: wrapper), "\(run.output)")
        let names = ["orphan", "child", "grandchild"]
        #expect(run.wait { names.allSatisfy { run.read($0).hasSuffix("\n") } }, "\(run.output)")
        let pids = names.compactMap { run.lines($0).first.flatMap { ProcessID($0) } }
        #expect(pids.count == 3 && pids.allSatisfy(BlackBoxRun.isAlive))
        #expect(run.end() == .code(0), "\(run.output)")
        for (name, pid) in zip(names, pids) {
            #expect(!BlackBoxRun.isAlive(pid), "\(name)")
            kill(pid, SIGKILL)
        }
    }

    @Test("during a back-off ends at once")
    func duringBackoff() throws {
        let run = try BlackBoxRun(
            "  broken: {cmd: [/bin/false], backoff: {initial: 30s, cap: 30s}}\n  fine: {cmd: [/bin/sleep, '1000']}")
        try run.launch()
        #expect(run.wait { run.output.contains("Restart in 30 s") }, "\(run.output)")
        let took = BlackBoxRun.measure { #expect(run.end() == .code(0), "\(run.output)") }
        #expect(took < .seconds(1))
    }

    @Test("goes in exact reverse of the start")
    func order() throws {
        func watcher(_ name: String, _ more: String) -> String {
            let script =
                "trap \"echo stop \(name) >> FOLDER/order; exit 0\" TERM; echo start \(name) >> FOLDER/order; "
                + "while :; do sleep 0.02; done"
            return "  \(name): {cmd: [/bin/sh, -c, '\(script)']\(more)}\n"
        }
        let ready = ", ready: {exec: [grep, -q"
        let run = try BlackBoxRun(
            watcher("c", ", after: [b]") + watcher("b", ", after: [a]\(ready), start b, FOLDER/order], period: 20ms}")
                + watcher("a", "\(ready), start a, FOLDER/order], period: 20ms}"))
        #expect(try run.start(), "\(run.output)")
        #expect(run.wait { run.lines("order").count == 3 })
        #expect(run.end() == .code(0))
        #expect(run.lines("order") == ["start a", "start b", "start c", "stop c", "stop b", "stop a"])
    }

    @Test("takes the second signal as: at once")
    func twice() throws {
        let run = try BlackBoxRun(
            "  deaf: {cmd: [/usr/bin/perl, -e, '$SIG{TERM} = \"IGNORE\"; sleep 1 while 1'], graceful_timeout: 60s}")
        #expect(try run.start(), "\(run.output)")
        run.child?.signal(SIGTERM)
        #expect(run.wait { run.output.contains("stopping") })
        #expect(run.end(SIGTERM, within: .seconds(5)) == .code(0))
    }
}

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

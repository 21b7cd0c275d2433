import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

/// Each limit of the design, with a plugin that breaks it: the worker goes on, the plugin is started again with growing
/// pauses and given up, and the log says why in words.
@Suite("A plugin that misbehaves", .serialized)
struct PluginMisbehaviourTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let script: String
        /// What the log must say.
        let words: String
    }

    static let cases: [Case] = [
        Case(
            testDescription: "is never ready", script: "sleep 1000",
            words: "plugin plug[1] is killed: it was not ready within 500 ms"),
        Case(
            testDescription: "is deaf to hello and TERM and never ready",
            script: "$SIG{TERM}='IGNORE'; sleep 1 while 1",
            words: "plugin plug[1] is killed: it was not ready within 500 ms"),
        Case(
            testDescription: "never acknowledges", script: "ready(); while (<$in>) {}",
            words: "plugin plug[1] is killed: it did not acknowledge an event within 500 ms"),
        Case(
            testDescription: "does not read", script: #"say('{"type":"ready"}'); emit($_) for 1..3000; sleep 1000"#,
            words: "plugin plug[1] is killed: it did not read what it was sent within 500 ms"),
        Case(
            testDescription: "writes garbage", script: #"ready(); say("\xFF\x00garbage") for 1..100; sleep 1000"#,
            words: "plugin plug[1] is killed: it wrote 3 bad lines, the last because it is not a JSON object"),
        Case(
            testDescription: "writes lines of a mebibyte", script: "ready(); say('x' x (1 << 20)) for 1..3; sleep 1000",
            words: "plugin plug[1] is killed: it wrote 3 bad lines, the last because it is longer than 65536 bytes"),
        Case(
            testDescription: "writes a line without end",
            script: "ready(); say('x'); say('y'); syswrite($out, 'x' x 65536) while 1",
            words: "plugin plug[1] is killed: it wrote 3 bad lines, the last because it is longer than 65536 bytes"),
        Case(
            testDescription: "dies at once", script: "exit 3",
            words: "plugin plug[1] died: exit code 3 before it was ready"),
        Case(
            testDescription: "dies of a signal in the middle of a line",
            script: #"ready(); syswrite($out, '{"type":"comm'); kill 'SEGV', $$; sleep 1000"#,
            words: "plugin plug[1] died: SIGSEGV after"),
        Case(
            testDescription: "closes its output and stays",
            script: #"say('{"type":"ready"}'); close($out); sleep 1000"#,
            words: "plugin plug[1] is killed: it closed descriptor 4"),
        Case(
            testDescription: "closes its input and stays", script: "ready(); close($in); sleep 1000",
            words: "plugin plug[1] is killed: it did not acknowledge an event within 500 ms"),
        Case(
            testDescription: "forks and leaves the pipes to its child",
            script: "ready(); if (!fork) { POSIX::setsid(); sleep 20; exit 0 } exit 4",
            words: "plugin plug[1] died: exit code 4 after"),
    ]

    @Test("is ended, started again and given up, and the worker does not notice", arguments: cases)
    func endsIt(_ one: Case) throws {
        let scenario = try PluginScenario(one.script)
        #expect(try scenario.wait { scenario.scenario.state("worker") == "running" })
        let worker = try #require(scenario.workerPid)
        let gaveUp = try scenario.wait(.seconds(40)) {
            scenario.happen()
            return scenario.state == "failed"
        }
        #expect(gaveUp, "it is \(scenario.state)")
        #expect(scenario.process?.child == nil)
        #expect(scenario.status?.restarts == 2, "two further tries with a limit of three failures")
        #expect(scenario.workerPid == worker)
        #expect(scenario.events.contains { $0.kind == .gaveUp && $0.fields["plugin"] == "plug" })
        #expect(try scenario.scenario.stop() == 0)
        let log = scenario.log
        #expect(log.contains(one.words), "\(log)")
        #expect(
            log.contains("Restart in 0.1 s (failure 1 of 3 in 60 s)")
                || log.contains("Restart in 20 ms (failure 1 of 3 in 60 s)"))
        #expect(log.contains("Given up after 3 failures in 60 s"))
    }

    @Test("sends 1,000 commands: 10 are obeyed, the rest is refused, once in words")
    func flood() throws {
        let scenario = try PluginScenario(
            #"ready(); if (!fork) { emit($_) for 1..1000; exit 0 } while (<$in>) { last if /"bye"/; ack($_); print $_ if /c1000|"id":"1000"/ } exit 0"#
        )
        #expect(try scenario.wait { scenario.pluginLog.contains(#""id":"1000","ok":false"#) })
        #expect(scenario.emitted == (1...10).map { "\($0)" })
        #expect(scenario.state == "running")
        #expect(try scenario.scenario.stop() == 0)
        let told = scenario.log.split(separator: "\n").filter { $0.contains("sends more than 10 commands a minute") }
        #expect(told.count == 1)
    }

    @Test("asks for what it may not: nothing happens, and it is told so")
    func may() throws {
        let scenario = try PluginScenario(
            """
            ready();
            say('{"type":"command","id":"x","do":"stop","watcher":"worker","reason":"mischief"}');
            \(PluginHostTests.good)
            """)
        #expect(try scenario.wait { scenario.pluginLog.contains("stop is not in its may: list") })
        #expect(scenario.scenario.state("worker") == "running")
        #expect(try scenario.scenario.stop() == 0)
    }

    @Test("floods its output: the supervisor answers within the usual time")
    func floodsOutput() throws {
        let scenario = try PluginScenario(
            #"ready(); if (!fork) { print "x" x 100, "\n" while 1 } "# + PluginHostTests.good)
        #expect(try scenario.wait { scenario.state == "running" })
        _ = try scenario.wait(.milliseconds(500)) { false }
        let start = MonotonicTime.now
        scenario.happen(["n": "0"])
        #expect(try scenario.wait(.seconds(2)) { scenario.emitted == ["0"] })
        var done = false
        scenario.arbiter.loop.after(.milliseconds(10)) { done = true }
        #expect(try scenario.wait { done })
        #expect(MonotonicTime.now.since(start) < .seconds(1))
        #expect(try scenario.scenario.stop() == 0)
    }

    @Test("floods descriptor 4 with good lines: it is read a piece at a time, and the worker is restarted as ever")
    func floodsCommands() throws {
        let scenario = try PluginScenario(
            #"ready(); if (!fork) { my $l = ('{"type":"ack","seq":1}' . "\n") x 2000; syswrite($out, $l) while 1 } "#
                + #"while (<$in>) { last if /"bye"/ } exit 0"#)
        #expect(try scenario.wait { scenario.state == "running" })
        scenario.happen()
        _ = try scenario.wait(.milliseconds(300)) { false }
        let worker = try #require(scenario.workerPid)
        kill(worker, SIGKILL)
        let start = MonotonicTime.now
        #expect(try scenario.wait { scenario.workerPid.map { $0 != worker } ?? false })
        #expect(MonotonicTime.now.since(start) < .seconds(3))
        #expect(try scenario.scenario.stop() == 0)
    }

    @Test("ignores bye: it is killed when its time is over")
    func ignoresBye() throws {
        let scenario = try PluginScenario(
            "$SIG{TERM}='IGNORE'; ready(); while (1) { my $l = <$in>; ack($l // '') ; sleep 1 }")
        #expect(try scenario.wait { scenario.state == "running" })
        let pid = try #require(scenario.process?.child?.pid)
        let start = MonotonicTime.now
        #expect(try scenario.scenario.stop() == 0)
        #expect(try scenario.wait { kill(pid, 0) != 0 })
        #expect(MonotonicTime.now.since(start) < .seconds(5))
        #expect(scenario.log.contains("plugin plug[1] did not stop within 0.5 s; it is killed"))
    }

    @Test("is killed with everything it started in its group")
    func group() throws {
        let scenario = try PluginScenario(
            "my $p = fork; if (!$p) { $SIG{TERM}='IGNORE'; sleep 1 while 1 } print \"child $p\\n\"; ready(); exit 1 unless <$in>; exit 1"
        )
        #expect(try scenario.wait { scenario.pluginLog.contains("child ") })
        scenario.happen()
        #expect(
            try scenario.wait {
                scenario.state == "failed"
                    || {
                        scenario.happen(); return false
                    }()
            })
        let children = scenario.pluginLog.split(separator: "\n").compactMap { line in
            line.split(separator: " ").last.flatMap { ProcessID($0) }
        }
        #expect(children.count == 3)
        #expect(try scenario.wait { children.allSatisfy { kill($0, 0) != 0 } })
        #expect(try scenario.scenario.stop() == 0)
    }
}

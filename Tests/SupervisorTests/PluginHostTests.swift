import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("An executable plugin", .serialized)
struct PluginHostTests {
    /// A plugin as it should be: it acknowledges, and writes what it hears to its log.
    static let good = #"ready(); while (<$in>) { last if /"type":"bye"/; print "heard $_"; ack($_) } exit 0"#

    @Test("is told its settings in hello, and neither in its arguments nor in its environment")
    func hello() throws {
        let scenario = try PluginScenario(
            #"print "hello was $hello"; print "env $_=$ENV{$_}\n" for sort keys %ENV; "# + Self.good,
            settings: #"{"password":"S3CR3T"}"#)
        #expect(try scenario.wait { scenario.state == "running" })
        let pid = try #require(scenario.process?.child?.pid)
        #expect(TextFile.read("/proc/\(pid)/cmdline")?.contains("S3CR3T") == false)
        #expect(TextFile.read("/proc/\(pid)/environ")?.contains("S3CR3T") == false)
        let open = ProcessTable.entries(of: "/proc/\(pid)/fd").compactMap { Int($0) }.sorted()
        #expect(open == [0, 1, 2, 3, 4])
        #expect(try scenario.wait { scenario.pluginLog.contains("env PATH=") })
        #expect(
            scenario.pluginLog.contains(
                #"hello was {"v":1,"type":"hello","settings":{"password":"S3CR3T"},"window":64}"#))
        #expect(scenario.pluginLog.contains("env DOCKMASTER_PLUGIN=plug"))
        #expect(!scenario.pluginLog.contains("env LISTEN_"))
        #expect(try scenario.scenario.stop() == 0)
        #expect(!scenario.log.contains("S3CR3T"))
    }

    @Test("hears what it subscribed to, and is told bye in the end")
    func hears() throws {
        let scenario = try PluginScenario(
            #"ready(); while (<$in>) { print "heard $_"; ack($_); last if /"type":"bye"/ } print "went\n"; exit 0"#)
        #expect(try scenario.wait { scenario.state == "running" })
        scenario.happen(["what": "ever"])
        scenario.arbiter.events.publish(SupervisorEvent(.checkFailed, watcher: "worker"))
        let wanted = #"{"type":"event","seq":1,"kind":"emitted","watcher":"worker","fields":{"what":"ever"}}"#
        #expect(try scenario.wait { scenario.pluginLog.contains(wanted) })
        #expect(!scenario.pluginLog.contains("check_failed"))
        #expect(try scenario.scenario.stop() == 0)
        #expect(scenario.pluginLog.contains(#"heard {"type":"bye","within_s":1}"#))
        #expect(scenario.pluginLog.contains("went"))
    }

    @Test("is obeyed, with its reason in the log, and is told what became of it")
    func commands() throws {
        let scenario = try PluginScenario(
            """
            ready();
            say('{"type":"command","id":"a","do":"restart","watcher":"worker","reason":"912 MiB > 800 MiB"}');
            say('{"type":"command","id":"b","do":"restart","watcher":"nobody","reason":"why not"}');
            say('{"type":"command","id":"c","do":"run","command":["/bin/sh","-c","echo ran as $0; exit 3","plug"],"reason":"x"}');
            say('{"type":"command","id":"d","do":"signal","signal":"NONSENSE","watcher":"worker","reason":"x"}');
            say('{"type":"command","id":"e","do":"stop","watcher":"worker","reason":"x"}');
            \(Self.good)
            """, may: ["restart", "run", "signal"])
        let before = try #require(scenario.workerPid)
        #expect(try scenario.wait { scenario.workerPid.map { $0 != before } ?? false })
        #expect(try scenario.wait { scenario.pluginLog.contains(#""id":"c","ok":false"#) })
        #expect(scenario.pluginLog.contains(#"{"type":"result","id":"a","ok":true}"#))
        #expect(
            scenario.pluginLog.contains(#"{"type":"result","id":"b","ok":false,"problem":"there is no watcher nobody""#)
        )
        #expect(scenario.pluginLog.contains("ran as plug"))
        #expect(scenario.pluginLog.contains(#""problem":"NONSENSE is no signal""#))
        #expect(
            scenario.pluginLog.contains(
                #"{"type":"result","id":"e","ok":false,"problem":"stop is not in its may: list""#))
        #expect(try scenario.scenario.stop() == 0)
        #expect(scenario.log.contains("plugin plug asks to restart worker: 912 MiB > 800 MiB"))
        #expect(scenario.log.contains("plugin plug[1] asks for stop, which is not in its may: list; refused"))
    }

    @Test("hears of the seconds only when it asks to")
    func tick() throws {
        let scenario = try PluginScenario(
            #"say('{"type":"ready","subscribe":["tick"]}'); while (<$in>) { last if /bye/; print "heard $_"; ack($_) } exit 0"#
        )
        #expect(try scenario.wait { scenario.events.filter { $0.kind == .tick }.count >= 2 })
        #expect(scenario.pluginLog.contains(#""kind":"tick""#))
        scenario.arbiter.plugins.apply([])
        #expect(try scenario.wait { scenario.process == nil })
        let count = scenario.events.filter { $0.kind == .tick }.count
        _ = try scenario.wait(.milliseconds(1300)) { false }
        #expect(scenario.events.filter { $0.kind == .tick }.count == count)
        #expect(try scenario.scenario.stop() == 0)
    }

    @Test("that has given up ends the supervisor when it is required, with 1")
    func required() throws {
        let scenario = try PluginScenario("exit 3", isRequired: true)
        #expect(try scenario.wait { scenario.arbiter.slots.isEmpty })
        #expect(scenario.arbiter.exitCode == 1)
        scenario.scenario.relay.finish()
        #expect(scenario.log.contains("stopping: the plugin plug, which is required, has given up"))
    }

    @Test("is left alone by a reload that does not change it, replaced by one that does, and removed")
    func reload() throws {
        let scenario = try PluginScenario(Self.good)
        #expect(try scenario.wait { scenario.state == "running" })
        let first = try #require(scenario.process?.child?.pid)
        func reload(_ plugins: [PluginDefinition]) throws -> ReloadOutcome? {
            guard case .success(var desired) = scenario.scenario.next.value else { return nil }
            desired.plugins = plugins
            scenario.scenario.next.value = .success(desired)
            var outcome: ReloadOutcome?
            scenario.arbiter.requestReload { outcome = $0 }
            #expect(try scenario.wait { outcome != nil })
            return outcome
        }
        let same = PluginScenario.plugin(Self.good)
        #expect(try reload([same])?.isApplied == true)
        #expect(scenario.process?.child?.pid == first)
        var other = same
        other.settings = #"{"c":"d"}"#
        #expect(try reload([other])?.isApplied == true)
        #expect(try scenario.wait { scenario.state == "running" && scenario.process?.child?.pid != first })
        let second = try #require(scenario.process?.child?.pid)
        // One whose settings are wrong is refused, and nothing changes.
        let wrong = PluginDefinition(name: "cron", use: .builtIn("cron"), settings: "{}")
        #expect(try reload([other, wrong])?.problems.first?.hasPrefix("plugins.cron.settings: names no jobs") == true)
        #expect(scenario.process?.child?.pid == second)
        #expect(try reload([])?.isApplied == true)
        #expect(try scenario.wait { kill(second, 0) != 0 })
        #expect(scenario.arbiter.plugins.statuses.isEmpty)
        #expect(try scenario.scenario.stop() == 0)
    }

    @Test("shows in the status with its state, process and restarts")
    func status() throws {
        let scenario = try PluginScenario(Self.good)
        #expect(try scenario.wait { scenario.state == "running" })
        let status = try #require(scenario.status)
        #expect(status.name == "plug" && status.use == "/usr/bin/perl" && status.state == "running")
        #expect(status.pid == scenario.process?.child?.pid && status.restarts == 0 && !status.isRequired)
        #expect(try scenario.scenario.stop() == 0)
    }
}

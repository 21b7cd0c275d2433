import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A built-in plugin", .serialized)
struct PluginBuiltInTests {
    private static let forever = "while :; do sleep 1000; done"

    private func run(
        _ watchers: [WatcherDefinition], _ use: String, _ settings: String, in folder: ScenarioFolder? = nil
    ) throws -> Scenario {
        try Scenario(watchers, in: folder) {
            $0.plugins = [PluginDefinition(name: "p", use: .builtIn(use), settings: settings)]
        }
    }

    private func pid(_ scenario: Scenario, _ name: String) -> ProcessID? {
        scenario.arbiter.watchers[name].flatMap { $0.slots.first?.child?.pid }
    }

    private func log(_ scenario: Scenario) -> String { scenario.read("logs/dockmaster/dockmaster.log") }

    @Test("resource_watcher restarts the watcher that uses too much, and no other")
    func resources() throws {
        let hungry = WatcherDefinition(
            name: "hungry", command: ["/usr/bin/perl", "-e", "my $x = 'x' x (64 << 20); sleep 1000 while 1"])
        var definition = hungry
        definition.settings.awaitsReady = false
        definition.readiness = .started
        let scenario = try run(
            [definition, Scenario.shell("modest", Self.forever)], "resource_watcher",
            #"{"max_mem":"40MiB","max_count":3,"loop_rate":"100ms"}"#)
        #expect(try scenario.wait { pid(scenario, "hungry") != nil && pid(scenario, "modest") != nil })
        let (first, other) = (pid(scenario, "hungry"), pid(scenario, "modest"))
        #expect(try scenario.wait { pid(scenario, "hungry").map { $0 != first } ?? false })
        #expect(pid(scenario, "modest") == other)
        #expect(try scenario.stop() == 0)
        #expect(log(scenario).contains("plugin p asks to restart hungry: "))
        #expect(log(scenario).contains(" MiB > 40 MiB, 3 times in a row"))
    }

    @Test("resource_watcher signals a child that uses too much, and spares its parent")
    func children() throws {
        let script = """
            my $n = 0; my $size = 64 << 20; $SIG{CHLD} = 'DEFAULT';
            while (1) { if (!fork) { $SIG{USR1} = sub { exit 0 }; my $x = 'x' x $size; sleep 1000 while 1 } wait; print "gone ", ++$n, "\\n" }
            """
        let scenario = try run(
            [
                Scenario.perl("parent", "$SIG{TERM}='DEFAULT'; $notify->('READY=1'); \(script)")
            ], "resource_watcher",
            #"{"max_mem":"40MiB","max_count":1,"loop_rate":"100ms","process_children":true,"child_signal":"USR1"}"#)
        #expect(try scenario.wait { scenario.read("logs/parent/parent.log").contains("gone 2") })
        #expect(scenario.instance("parent") == 1)
        #expect(try scenario.stop() == 0)
        #expect(log(scenario).contains("plugin p: sends SIGUSR1 to a child of parent: "))
    }

    @Test("command_reloader restarts a watcher whose program was replaced, rewritten, or linked elsewhere")
    func reloader() throws {
        let folder = try ScenarioFolder()
        func write(_ name: String, _ text: String) throws {
            let path = "\(folder.path)/\(name)"
            let file = try OwnedDescriptor.open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o755)
            let bytes = Array("#!/bin/sh\n# \(text)\n\(Self.forever)\n".utf8)
            #expect(Glibc.write(file.number, bytes, bytes.count) == bytes.count)
            #expect(rename("\(path).new", path) == 0)
        }
        mkdir("\(folder.path)/one", 0o755)
        mkdir("\(folder.path)/two", 0o755)
        try write("one/prog", "1")
        try write("two/prog", "2")
        symlink("one", "\(folder.path)/current")
        var linked = Scenario.shell("linked", "")
        linked.command = ["\(folder.path)/current/prog"]
        let scenario = try run(
            [linked, Scenario.shell("other", Self.forever)], "command_reloader", #"{"loop_rate":"50ms"}"#, in: folder)
        #expect(try scenario.wait { pid(scenario, "linked") != nil && pid(scenario, "other") != nil })
        let other = pid(scenario, "other")
        let changes: [() throws -> Void] = [
            { try write("one/prog", "3") },
            {
                symlink("two", "\(folder.path)/next")
                rename("\(folder.path)/next", "\(folder.path)/current")
            },
            { try write("two/prog", "4") },
        ]
        for change in changes {
            let before = pid(scenario, "linked")
            try change()
            #expect(try scenario.wait { pid(scenario, "linked").map { $0 != before } ?? false })
        }
        // What has not changed is not restarted; nor is anything while the program is missing.
        // A file that is written anew may be seen twice: empty, then full.
        _ = try scenario.wait(.seconds(1)) { false }
        #expect(try scenario.wait { pid(scenario, "linked") != nil })
        let before = pid(scenario, "linked")
        unlink("\(folder.path)/two/prog")
        _ = try scenario.wait(.milliseconds(400)) { false }
        #expect(pid(scenario, "linked") == before)
        #expect(pid(scenario, "other") == other)
        #expect(try scenario.stop() == 0)
        #expect(log(scenario).contains("plugin p asks to restart linked: \(folder.path)/one/prog has changed"))
        #expect(log(scenario).contains("plugin p asks to restart linked: its command now is \(folder.path)/two/prog"))
    }

    @Test("cron runs a command at the full minute, starts a watcher, and leaves out what still runs")
    func cron() throws {
        let folder = try ScenarioFolder()
        let task = Scenario.shell("task", "echo started >> \(folder.path)/task") {
            $0.autostart = false
            $0.settings.policy.respawn = .never
        }
        let scenario = try run(
            [task, Scenario.shell("worker", Self.forever)], "cron",
            """
            {"jobs": {
              "run": {"schedule": "* * * * *", "run": "echo ran; date +%S > \(folder.path)/second"},
              "start": {"schedule": "* * * * *", "watcher": "task"},
              "boot": {"schedule": "@reboot", "run": "echo booted > \(folder.path)/boot"}
            }}
            """, in: folder)
        #expect(try scenario.wait { scenario.read("boot") == "booted\n" })
        #expect(scenario.read("task") == "")
        unlink("\(folder.path)/boot")
        // Defined anew by a reload: dockmaster has not started again.
        var changed = scenario.arbiter.plugins.definitions
        changed[0].settings = changed[0].settings.replacing("ran;", with: "ran ;")
        #expect(scenario.arbiter.plugins.apply(changed) == ["p: replace"])
        #expect(try scenario.wait(.seconds(70)) { scenario.read("second") != "" && scenario.read("task") != "" })
        let second = Int(scenario.read("second").filter(\.isNumber))
        #expect(second == 0 || second == 1, "it runs when the minute begins")
        #expect(scenario.read("boot") == "")
        #expect(try scenario.wait { scenario.read("logs/p/p.log").contains("ran") })
        #expect(try scenario.stop() == 0)
        #expect(log(scenario).contains("plugin p asks to run /bin/sh: run is due (* * * * *)"))
    }

    @Test("flapping pauses a watcher that dies too often, and stops it for good in the end")
    func flapping() throws {
        let scenario = try run(
            [
                Scenario.shell("sick", "exit 1") {
                    $0.settings.policy.initial = .milliseconds(10)
                    $0.settings.policy.limit = nil
                    $0.options = ["flapping.max_retry": "2"]
                }, Scenario.shell("worker", Self.forever),
            ], "flapping", #"{"attempts":2,"window":5,"retry_in":"200ms"}"#)
        #expect(try scenario.wait { scenario.arbiter.watchers["sick"].map { $0.goal == .down && $0.isIdle } ?? false })
        #expect(try scenario.wait { pid(scenario, "sick") != nil || scenario.arbiter.watchers["sick"]?.goal == .up })
        var lastChange = MonotonicTime.now
        var goal = scenario.arbiter.watchers["sick"]?.goal
        #expect(
            try scenario.wait(.seconds(20)) {
                let now = scenario.arbiter.watchers["sick"]?.goal
                if now != goal { (goal, lastChange) = (now, .now) }
                return goal == .down && MonotonicTime.now.since(lastChange) > .seconds(1)
            }, "it stays stopped")
        #expect(try scenario.stop() == 0)
        #expect(log(scenario).contains("it died 2 times within 5 s; started again in 0.2 s (2 of 2)"))
        #expect(log(scenario).contains("it died 2 times within 5 s again; it stays stopped until somebody starts it"))
    }
}

import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("A program of etc/plugins", .serialized)
struct PluginProgramTests {
    @Test("http_observer asks for a restart when the answer is an error or does not come")
    func observer() throws {
        let server = try PluginServer("http")
        let url = "http://127.0.0.1:\(server.port)/healthz"
        let plugin = try PluginHarness(
            "http_observer.py",
            settings: #"{"check_url":"\#(url)","restart":"proxy","timeout":2,"loop_rate":0.2,"failures":2}"#)
        #expect(plugin.next() == #"{"type":"ready","subscribe":[]}"#)
        #expect(server.wait { server.got.split(separator: "\n").count >= 3 })
        #expect(server.got.hasPrefix("GET /healthz"))
        try server.answer(503)
        #expect(
            plugin.next()
                == #"{"type":"command","id":"c1","do":"restart","reason":"\#(url) answers 503","watcher":"proxy"}"#)
        plugin.say(.result(id: "c1", .init("already backing off", remedy: "wait 4 s")))
        #expect(server.wait { plugin.log.contains("the restart was refused: already backing off; wait 4 s") })
        #expect(plugin.end() == .code(0))
        let nobody = try PluginHarness(
            "http_observer.py",
            settings: #"{"check_url":"http://127.0.0.1:1/","restart":"proxy","timeout":2,"loop_rate":5}"#)
        #expect(nobody.next()?.contains("ready") == true)
        #expect(nobody.next()?.contains("http://127.0.0.1:1/ does not answer") == true)
        #expect(nobody.end() == .code(0))
    }

    @Test("statsd counts under circus's names and measures the processes")
    func statsd() throws {
        let server = try PluginServer("udp")
        let plugin = try PluginHarness(
            "statsd.py", settings: #"{"port":\#(server.port),"application_name":"app.one","loop_rate":0}"#)
        #expect(plugin.next()?.hasPrefix(#"{"type":"ready","subscribe":["spawned","exited""#) == true)
        for kind in [SupervisorEvent.Kind.spawned, .exited, .gaveUp] {
            #expect(plugin.happen(SupervisorEvent(kind, watcher: "re.gistry", instance: 1)))
        }
        #expect(server.wait { server.got.split(separator: "\n").count >= 3 })
        #expect(
            server.got.split(separator: "\n") == [
                "circus.app_one.watcher.re_gistry.spawn:1|c", "circus.app_one.watcher.re_gistry.reap:1|c",
                "circus.app_one.watcher.re_gistry.gave_up:1|c",
            ])
        #expect(plugin.end() == .code(0))
    }

    private let gaveUp = SupervisorEvent(
        .gaveUp, watcher: "registry", instance: 2, fields: ["reason": "5 failures in 60 s"])

    @Test("alert posts one sentence for an event, and counts what is too much")
    func webhook() throws {
        let server = try PluginServer("http")
        let plugin = try PluginHarness(
            "alert.py",
            settings: #"{"webhook":"http://127.0.0.1:\#(server.port)/hooks/S3CR3T","per_minute":2,"loop_rate":0.2}"#)
        #expect(plugin.next() == #"{"type":"ready","subscribe":["gave_up","check_failed","reload_refused"]}"#)
        for _ in 0..<5 { #expect(plugin.happen(gaveUp)) }
        #expect(server.wait { server.got.split(separator: "\n").count >= 2 })
        usleep(300_000)
        let lines = server.got.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("POST /hooks/S3CR3T {"))
        #expect(lines[0].contains("registry has failed and is not started again (5 failures in 60 s)"))
        #expect(plugin.end() == .code(0))
        #expect(!plugin.log.contains("S3CR3T"))
    }

    @Test("alert sends mail with user and password, and never tells them")
    func mail() throws {
        let server = try PluginServer("smtp")
        let plugin = try PluginHarness(
            "alert.py",
            settings: """
                {"mail":{"host":"127.0.0.1","port":\(server.port),"from":"dockmaster@example.test","to":["ops@example.test"],
                "user":"dock","password":"S3CR3T","tls":"none"},"kinds":["gave_up"]}
                """)
        #expect(plugin.next() == #"{"type":"ready","subscribe":["gave_up"]}"#)
        #expect(plugin.happen(gaveUp))
        #expect(server.wait { server.got.contains("QUIT") || server.got.contains("quit") })
        #expect(server.got.contains("AUTH PLAIN"))
        #expect(server.got.lowercased().contains("rcpt to:<ops@example.test>"))
        #expect(server.got.contains("registry has failed and is not started again"))
        #expect(plugin.end() == .code(0))
        #expect(!plugin.log.contains("S3CR3T") && !plugin.log.contains("UzNDUjNU"))
    }

    @Test("alert says what does not work, without the address")
    func broken() throws {
        let plugin = try PluginHarness(
            "alert.py", settings: #"{"webhook":"http://127.0.0.1:1/hooks/S3CR3T","kinds":["gave_up"]}"#)
        #expect(plugin.next()?.contains("ready") == true)
        #expect(plugin.happen(gaveUp))
        let deadline = MonotonicTime.now.advanced(by: .seconds(10))
        while plugin.log.isEmpty, MonotonicTime.now < deadline { usleep(5000) }
        #expect(plugin.log.hasPrefix("the webhook did not work: "))
        #expect(!plugin.log.contains("S3CR3T"))
        #expect(plugin.end() == .code(0))
    }

    @Test(
        "says in words what it needs when it is started by hand",
        arguments: ["http_observer.py", "alert.py", "statsd.py"])
    func byHand(name: String) throws {
        let folder = try ScenarioFolder()
        let log = try OwnedDescriptor.open("\(folder.path)/log", O_WRONLY | O_CREAT | O_APPEND)
        var request = SpawnRequest(
            "/bin/sh",
            ["-c", "exec python3 \(PluginHarness.plugins)/\(name) 3</dev/null 4>/dev/null"],
            environment: ChildEnvironment.inherited())
        request.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        request.output = log.number
        request.error = log.number
        let child = try Spawner.spawn(request)
        var status: ProcessControl.ExitStatus?
        let deadline = MonotonicTime.now.advanced(by: .seconds(15))
        while status == nil, MonotonicTime.now < deadline {
            status = child.reap()
            usleep(2000)
        }
        #expect(status == .code(1))
        #expect(
            TextFile.read("\(folder.path)/log")?.contains("this is a plugin of dockmaster: it is started by it") == true
        )
    }

    @Test("works under the supervisor: http_observer restarts, statsd counts and measures, alert tells")
    func together() throws {
        let (web, udp) = (try PluginServer("http"), try PluginServer("udp"))
        try web.answer(500)
        func plugin(_ name: String, may: Set<String> = [], _ settings: String) -> PluginDefinition {
            var definition = PluginDefinition(
                name: name, use: .executable(["python3", "\(PluginHarness.plugins)/\(name).py"]), may: may,
                settings: settings)
            definition.environment["PYTHONDONTWRITEBYTECODE"] = "1"
            return definition
        }
        let hook = "http://127.0.0.1:\(web.port)/hook"
        let scenario = try Scenario([
            Scenario.shell("proxy", "while :; do sleep 1000; done"),
            Scenario.shell("sick", "sleep 1; exit 3") {
                $0.settings.policy.initial = .milliseconds(10)
                $0.settings.policy.limit = 2
            },
        ]) {
            $0.plugins = [
                plugin(
                    "http_observer", may: ["restart"],
                    #"{"check_url":"http://127.0.0.1:\#(web.port)/","restart":"proxy","loop_rate":60}"#),
                plugin("statsd", #"{"port":\#(udp.port),"loop_rate":0.3}"#),
                plugin("alert", #"{"webhook":"\#(hook)"}"#),
            ]
        }
        #expect(try scenario.wait(.seconds(30)) { scenario.instance("proxy") == 2 })
        #expect(try scenario.wait(.seconds(30)) { web.got.contains("sick has failed and is not started again") })
        #expect(
            try scenario.wait(.seconds(30)) {
                udp.got.contains("circus.dockmaster.watcher.sick.reap:1|c")
                    && udp.got.contains("circus.dockmaster.watcher.proxy.processes:1|g")
                    && udp.got.contains("circus.dockmaster.watcher.proxy.memory:")
            }, "\(udp.got)")
        #expect(scenario.arbiter.plugins.statuses.allSatisfy { $0.state == "running" && $0.restarts == 0 })
        // A watcher has failed meanwhile.
        #expect(try scenario.stop() == 1)
        let log = scenario.read("logs/dockmaster/dockmaster.log")
        #expect(log.contains("plugin http_observer asks to restart proxy: http://127.0.0.1:\(web.port)/ answers 500"))
    }
}

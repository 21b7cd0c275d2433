import Glibc
import PluginInterface
import ProcessControl
import Supervision
import Testing

@testable import Supervisor

@Suite("The control socket's routes", .serialized)
struct ControlRouteTests {
    private let sleeper = "while :; do sleep 1000; done"

    @Test("tell how everything stands, in one sentence first")
    func status() throws {
        let control = try ControlHarness([
            Scenario.shell("web", sleeper), Scenario.shell("idle", sleeper) { $0.autostart = false },
        ])
        try control.ready()
        let status = try control.call("GET", "/v1/status")
        #expect(status.status == 200)
        #expect(status.json["ready"].bool == true)
        #expect(status.json["summary"].string == "everything is as wanted: 1 stopped, the rest ready")
        let web = try #require(status.json["watchers"].values.first)
        #expect(web["name"].string == "web")
        #expect(web["state"].string == "running")
        #expect(web["instances"].values.first?["pid"].integer != nil)
    }

    @Test("say who has failed, why, and where to look")
    func failed() throws {
        let control = try ControlHarness([
            Scenario.shell("web", sleeper),
            Scenario.shell("broken", "kill -SEGV $$") {
                $0.autostart = false
                $0.settings.policy.limit = 1
            },
        ])
        try control.ready()
        _ = try control.call("POST", "/v1/watchers/broken/start")
        try control.scenario.wait { control.scenario.state("broken") == "failed" }
        let status = try control.call("GET", "/v1/status")
        let summary = try #require(status.json["summary"].string)
        #expect(summary.hasPrefix("broken has failed (SIGSEGV "), "\(summary)")
        #expect(summary.hasSuffix(" ago): see dockmaster logs broken"), "\(summary)")
        #expect(status.json["ready"].bool == false)
        #expect(try control.call("GET", "/v1/health").status == 503)
        #expect(try control.call("GET", "/v1/health?level=alive").status == 503)
        let well = try control.call("GET", "/v1/health?watcher=web")
        #expect(well.status == 200)
        #expect(well.json["healthy"].bool == true)
        #expect(try control.call("GET", "/v1/health?level=dead").status == 400)
    }

    @Test("name the watcher that was meant")
    func nearest() throws {
        let control = try ControlHarness([Scenario.shell("registry", sleeper)])
        for (method, path) in [
            ("POST", "/v1/watchers/regstry/stop"), ("GET", "/v1/options/regstry"), ("PATCH", "/v1/watchers/regstry"),
            ("DELETE", "/v1/watchers/regstry"), ("GET", "/v1/stats?watcher=regstry"),
        ] {
            let answer = try control.call(method, path)
            #expect(answer.status == 404, "\(method) \(path)")
            #expect(answer.json["problem"].string == "there is no watcher regstry")
            #expect(answer.json["remedy"].string == "did you mean registry?")
        }
        #expect(
            try control.call("POST", "/v1/watchers/x*/stop").json["problem"].string == "no watcher matches x*")
        let nothing = try control.call("GET", "/v1/nothing")
        #expect(nothing.status == 404)
        let method = try control.call("GET", "/v1/reload")
        #expect(method.status == 405)
        #expect(method.json["remedy"].string == "use POST")
    }

    @Test("carry out orders on names, lists and patterns, and wait when asked to")
    func orders() throws {
        let control = try ControlHarness(["web-a", "web-b", "db"].map { Scenario.shell($0, sleeper) })
        try control.ready()
        let stop = try control.call("POST", "/v1/watchers/web-*/stop?wait=true")
        #expect(stop.status == 200)
        #expect(stop.json["watchers"].values.map { $0["result"].string } == ["stopped", "stopped"])
        #expect(control.scenario.state("web-a") == "stopped")
        #expect(control.scenario.state("db") == "running")
        let start = try control.call("POST", "/v1/watchers/web-a,web-b/start?wait=true&timeout=10s")
        #expect(start.json["complete"].bool == true)
        #expect(control.scenario.state("web-b") == "running")
        let scale = try control.call("POST", "/v1/watchers/db/scale?wait", body: #"{"by": 2}"#)
        #expect(scale.status == 200, "\(scale.json.text)")
        #expect(control.scenario.arbiter.watchers["db"]?.slots.count == 3)
        let restart = try control.call("POST", "/v1/watchers/db/restart?wait", body: #"{"sequential": true}"#)
        #expect(restart.status == 200, "\(restart.json.text)")
        let reload = try control.call("POST", "/v1/watchers/db/reload?wait", body: #"{"manner": "terminate"}"#)
        #expect(reload.status == 200, "\(reload.json.text)")
    }

    @Test("answer 504 when it takes longer than the client wants to wait, and go on")
    func timeout() throws {
        let control = try ControlHarness([
            Scenario.shell("slow", "trap 'sleep 2; exit 0' TERM; while :; do sleep 0.05; done")
        ])
        try control.ready()
        usleep(200_000)
        let stop = try control.call("POST", "/v1/watchers/slow/stop?wait=true&timeout=200ms")
        #expect(stop.status == 504)
        #expect(stop.json["problem"].string == "not done within 0.2 s")
        #expect(try control.scenario.wait { control.scenario.state("slow") == "stopped" })
    }

    @Test(
        "refuse what makes no sense, in words",
        arguments: [
            ("signal", ""), ("signal", #"{"signal": "NOSUCH"}"#), ("signal", "[1]"), ("signal", "{"),
            ("signal", #"{"signal": "HUP", "pid": -1}"#), ("kill", #"{"grace": "soon"}"#), ("scale", "{}"),
            ("scale", #"{"to": -1}"#), ("reload", #"{"manner": "gently"}"#),
            ("restart?wait=true&timeout=soon", ""),
        ])
    func nonsense(order: String, body: String) throws {
        let control = try ControlHarness()
        let answer = try control.call("POST", "/v1/watchers/a/\(order)", body: body)
        #expect(answer.status == 400, "\(order) \(body)")
        #expect(answer.json["problem"].string?.isEmpty == false)
        #expect(answer.json["remedy"].string?.isEmpty == false)
    }

    @Test("send signals to a process or its children")
    func signals() throws {
        let control = try ControlHarness([
            Scenario.shell("a", "trap 'touch got' USR1; while :; do sleep 0.02; done")
        ])
        try control.ready()
        control.scenario.arbiter.watchers["a"]?.definition.folder = control.scenario.folder.path
        let answer = try control.call("POST", "/v1/watchers/a/signal", body: #"{"signal": "WINCH"}"#)
        #expect(answer.status == 200)
        let pid = try #require(try control.scenario.slot("a").child?.pid)
        let kill = try control.call("POST", "/v1/watchers/a/signal", body: #"{"signal": "KILL", "pid": \#(pid)}"#)
        #expect(kill.status == 200)
        #expect(try control.scenario.wait { control.scenario.instance("a") == 2 })
    }

    @Test("let readers look and change nothing")
    func readers() throws {
        let control = try ControlHarness()
        for route in ControlDesk.routes {
            let path = route.path.replacing("{pattern}", with: "a").replacing("{name}", with: "a")
                .replacing("{watcher}", with: "a")
            let stranger = try control.call(route.method, path, level: .stranger)
            #expect(stranger.status == 403, "\(route.method) \(path)")
            guard route.method != "GET" else { continue }
            let reader = try control.call(route.method, path, level: .reader)
            #expect(reader.status == 403, "\(route.method) \(path)")
            #expect(reader.json["problem"].string == "you may look, but not change anything")
        }
        #expect(try control.call("GET", "/v1/status", level: .reader).status == 200)
    }

    @Test("show options under the configuration's names, without secrets")
    func options() throws {
        let control = try ControlHarness([
            Scenario.shell("a", sleeper) {
                $0.command = ["/bin/sh", "-c", "sleep 1000", "--api-key=k1", "--password", "k2", "http://u:k3@host/"]
                $0.environment = ["DB_PASSWORD": "k4", "LANG": "C", "URL": "postgres://me:k5@db/x"]
                $0.options = ["webhook_token": "k6"]
            }
        ])
        let options = try control.call("GET", "/v1/options/a")
        for secret in ["k1", "k2", "k3", "k4", "k5", "k6"] { #expect(!options.json.text.contains(secret), "\(secret)") }
        #expect(options.json["env"]["LANG"].string == "C")
        #expect(options.json["numprocesses"].integer == 1)
        #expect(options.json["graceful_timeout"].string == "5s")
        let some = try control.call("GET", "/v1/watchers/a?keys=numprocesses,respawn")
        #expect(some.json.text == #"{"numprocesses":1,"respawn":"always"}"#)
        #expect(try control.call("GET", "/v1/watchers/a?keys=nothing").status == 404)
    }

    @Test("add, change and remove watchers")
    func changes() throws {
        let control = try ControlHarness()
        try control.ready()
        let body = #"{"cmd": ["/bin/sh", "-c", "while :; do sleep 1000; done"], "numprocesses": 2}"#
        let added = try control.call("POST", "/v1/watchers?name=b&start=true", body: body)
        #expect(added.status == 201, "\(added.json.text)")
        #expect(try control.scenario.wait { control.scenario.state("b") == "running" })
        #expect(control.scenario.arbiter.watchers["b"]?.slots.count == 2)
        #expect(try control.call("POST", "/v1/watchers?name=b", body: body).status == 409)
        let wrong = try control.call("POST", "/v1/watchers?name=c", body: #"{"cmd": "x", "numproceses": 2}"#)
        #expect(wrong.status == 422)
        #expect(wrong.json["problem"].string?.contains("numproceses") == true, "\(wrong.json.text)")
        #expect(wrong.json["remedy"].string?.contains("numprocesses") == true, "\(wrong.json.text)")
        #expect(try control.call("POST", "/v1/watchers", body: body).status == 400)

        let set = try control.call("PATCH", "/v1/watchers/b?wait=true", body: #"{"numprocesses": 1, "priority": 7}"#)
        #expect(set.status == 200, "\(set.json.text)")
        #expect(control.scenario.arbiter.watchers["b"]?.slots.count == 1)
        #expect(try control.call("GET", "/v1/watchers/b?keys=priority").json["priority"].integer == 7)
        #expect(try control.call("PATCH", "/v1/watchers/b", body: #"{"respawn": "sometimes"}"#).status == 422)

        let removed = try control.call("DELETE", "/v1/watchers/b?wait=true")
        #expect(removed.status == 200, "\(removed.json.text)")
        #expect(control.scenario.arbiter.watchers["b"] == nil)
        #expect(try control.call("GET", "/v1/list").json.text == #"{"watchers":["a"]}"#)
    }

    @Test("tell what processes and their children use")
    func statistics() throws {
        let control = try ControlHarness([
            Scenario.shell("a", "sleep 1000 & sleep 1000 & wait"),
            Scenario.shell("b", sleeper) { $0.autostart = false },
        ])
        try control.ready()
        let pid = try #require(try control.scenario.slot("a").child?.pid)
        var stats = JSONValue.null
        _ = try control.scenario.wait {
            guard let answer = try? control.call("GET", "/v1/stats") else { return false }
            stats = answer.json["watchers"].values.first ?? .null
            return stats["processes"].values.first?["children"].values.count == 2
        }
        let process = try #require(stats["processes"].values.first)
        #expect(process["pid"].integer == Int(pid))
        #expect(process["rss"].integer ?? 0 > 100_000)
        #expect(process["pss"].integer ?? 0 > 10_000)
        #expect(process["fds"].integer ?? 0 > 2)
        #expect(process["threads"].integer == 1)
        #expect(stats["totals"]["processes"].integer == 3)
        #expect(process["children"].values.allSatisfy { $0["name"].string == "sleep" })
        #expect(try control.call("GET", "/v1/stats?watcher=b").json["totals"]["processes"].integer == 0)
    }

    @Test("tell what a reload would do, and do not do it")
    func plan() throws {
        let a = Scenario.shell("a", sleeper)
        let control = try ControlHarness([a])
        try control.ready()
        #expect(try control.call("GET", "/v1/plan").json["changes"].bool == false)
        control.scenario.next.value = .success(
            DesiredState(definitions: [a, Scenario.shell("b", sleeper)], logs: control.scenario.folder.path))
        let plan = try control.call("GET", "/v1/plan")
        #expect(plan.status == 200)
        #expect(plan.json["changes"].bool == true)
        #expect(plan.json["steps"].values.contains { $0["watcher"].string == "b" && $0["step"].string == "add" })
        #expect(control.scenario.arbiter.watchers["b"] == nil)
        control.scenario.next.value = .failure(Refusal(problems: ["x.yaml:1: domain: is empty. Give one."]))
        let refused = try control.call("GET", "/v1/plan")
        #expect(refused.status == 422)
        #expect(refused.json["problems"].values.first?.string == "x.yaml:1: domain: is empty. Give one.")
    }
}

import Glibc
import ProcessControl
import Testing

@testable import Supervisor

/// The command line against the real binary, with watchers of the test's own.
@Suite("dockmaster's commands", .serialized)
struct ControlCommandTests {
    private static let configuration = """
        bundle: false
        watchers:
          web: {cmd: [sleep, "1000"], numprocesses: 2}
          worker: {cmd: [sleep, "1000"]}
          idle: {cmd: [sleep, "1000"], autostart: false}
        """

    private func started() throws -> BinaryRun {
        let run = try BinaryRun(configuration: Self.configuration)
        try #require(try run.start(), "\(run.output)")
        return run
    }

    @Test("tell, start, stop, scale and signal, with honest exit codes")
    func orders() throws {
        let run = try started()
        let status = try run.run(["status"])
        #expect(status.status == .code(0), "\(status.output)")
        #expect(status.output.hasPrefix("everything is as wanted: 1 stopped, the rest ready\n"), "\(status.output)")
        #expect(status.output.contains("web[1]     running"), "\(status.output)")
        #expect(!status.output.contains("\u{1B}"), "no colours where no terminal is")
        #expect(try run.run(["list"]).output == "web\nworker\nidle\n")
        #expect(try run.run(["list", "w*"]).output == "web\nworker\n")
        #expect(try run.run(["list", "--match", "regex", "w(eb|x)"]).output == "web\n")

        let stop = try run.run(["stop", "w*", "--wait"])
        #expect(stop.status == .code(0), "\(stop.output)")
        #expect(stop.output == "web     stopped\nworker  stopped\n")
        #expect(try run.run(["status", "worker"]).output.contains("worker"))
        let start = try run.run(["start", "web", "worker", "--wait", "--timeout", "10s"])
        #expect(start.output == "web     started\nworker  started\n", "\(start.output)")
        let scale = try run.run(["scale", "worker", "3", "--wait"])
        #expect(scale.status == .code(0), "\(scale.output)")
        #expect(try run.run(["decr", "worker", "--wait"]).status == .code(0))
        #expect(try run.run(["incr", "worker", "2", "--wait", "--json"]).output.contains(#""complete":true"#))
        let json = JSONValue(try run.run(["status", "--json"]).output.utf8)
        #expect(json?["watchers"].values[1]["instances"].values.count == 4)
        #expect(try run.run(["restart", "worker", "--sequential", "--wait"]).status == .code(0))
        #expect(try run.run(["reload", "web", "--manner", "replace", "--wait"]).status == .code(0))
        #expect(try run.run(["signal", "web", "WINCH"]).status == .code(0))
        #expect(try run.run(["kill", "worker", "--grace", "1s"]).status == .code(0))

        let typo = try run.run(["stop", "wrker"])
        #expect(typo.status == .code(1))
        #expect(typo.output == "dockmaster: there is no watcher wrker; did you mean worker?\n")
        #expect(try run.run(["signal", "web", "NOSUCH"]).status == .code(2))
        #expect(try run.run(["scale", "web"]).status == .code(2))
        #expect(try run.run(["nosuchcommand"]).status == .code(2))
        #expect(try run.run(["list", "--match", "regex", "("]).status == .code(2))
        #expect(try run.run(["kill"]).status == .code(2))

        let all = try run.run(["stop", "--wait"])
        #expect(all.status == .code(0), "\(all.output)")
        #expect(run.end(nil) == .code(0), "\(run.output)")
        let gone = try run.run(["status"])
        #expect(gone.status == .code(3))
        #expect(gone.output.contains("no dockmaster runs at \(run.folder.path)/run/control.sock"))
    }

    @Test("show options, figures, sockets, health and plans")
    func looks() throws {
        let run = try started()
        #expect(try run.run(["get", "web", "numprocesses"]).output == "2\n")
        #expect(try run.run(["options", "web"]).output.contains("numprocesses"))
        #expect(try run.run(["options", "web", "--json"]).output.contains(#""numprocesses":2"#))
        let stats = try run.run(["stats"])
        #expect(stats.status == .code(0), "\(stats.output)")
        #expect(stats.output.hasPrefix("WATCHER"))
        #expect(stats.output.contains("  web[2]"), "\(stats.output)")
        let top = try run.run(["top", "--once", "--processes"])
        #expect(top.output.contains("web[1]") && top.output.contains("RST"), "\(top.output)")
        #expect(!top.output.contains("\u{1B}"))
        #expect(try run.run(["sockets"]).output.hasPrefix("SOCKET  ADDRESS"))
        #expect(try run.run(["health"]).status == .code(0))
        #expect(try run.run(["rotate"]).status == .code(0))
        let events = try run.run(["events", "--timeout", "300ms"])
        #expect(events.status == .code(0), "\(events.output)")

        try run.configure(Self.configuration.replacing("numprocesses: 2", with: "numprocesses: 3"))
        let check = try run.run(["check"])
        #expect(check.status == .code(0), "\(check.output)")
        #expect(check.output.contains("a reload would change:"), "\(check.output)")
        #expect(check.output.contains("web"), "\(check.output)")
        #expect(try run.run(["reload"]).output.hasPrefix("reloaded: web"))
        #expect(try run.run(["get", "web", "numprocesses"]).output == "3\n")
    }

    @Test("add, change and remove watchers until the next reload")
    func changes() throws {
        let run = try started()
        let add = try run.run(["add", "--start", "-o", "numprocesses=2", "extra", "sleep", "1000"])
        #expect(add.status == .code(0), "\(add.output)")
        #expect(run.wait { (try? run.run(["status", "extra"]).output.contains("extra[2]")) ?? false })
        let set = try run.run(["set", "extra", "numprocesses=1", "--wait"])
        #expect(set.status == .code(0), "\(set.output)")
        #expect(try run.run(["set", "extra", "numproceses=1"]).status == .code(1))
        #expect(try run.run(["rm", "extra", "--wait"]).status == .code(0))
        #expect(try run.run(["list"]).output == "web\nworker\nidle\n")
    }

    @Test("all succeed, fifty at once")
    func concurrent() throws {
        let run = try started()
        let socket = "\(run.folder.path)/run"
        let orders = [
            ["restart", "web"], ["stop", "worker"], ["start", "worker"], ["status"], ["reload"],
            ["scale", "web", "3"], ["stats"], ["signal", "web", "WINCH"], ["list"], ["scale", "web", "2"],
        ]
        var children: [ChildProcess] = []
        let quiet = try OwnedDescriptor.open("\(run.folder.path)/quiet", O_WRONLY | O_CREAT | O_APPEND)
        for number in 0..<50 {
            let arguments = orders[number % orders.count] + ["--run", socket]
            var request = SpawnRequest(BinaryRun.binary, arguments, environment: ChildEnvironment.inherited())
            request.output = quiet.number
            request.error = quiet.number
            children.append(try Spawner.spawn(request))
        }
        var codes: [(Int, ProcessControl.ExitStatus)] = []
        _ = run.wait(.seconds(90)) {
            for (number, child) in children.enumerated() where !codes.contains(where: { $0.0 == number }) {
                if let status = child.reap() { codes.append((number, status)) }
            }
            return codes.count == 50
        }
        #expect(codes.count == 50)
        // While others stop and start, not everything is as wanted: status may say so, and nothing else fails.
        let failed = codes.filter { $0.1 != .code(0) && orders[$0.0 % orders.count] != ["status"] }
        #expect(failed.isEmpty, "\(failed) \(TextFile.read("\(run.folder.path)/quiet") ?? "")")
    }

    @Test("are obeyed for whom the configuration names, and only as far as it says")
    func byUser() throws {
        try #require(geteuid() == 0, "becoming another user needs root")
        let run = try BinaryRun(
            configuration: Self.configuration + "\nsupervisor: {control: {admin: [65533], read: [65534]}}")
        chmod(run.folder.path, 0o711)
        try #require(try run.start(), "\(run.output)")
        func ask(_ user: Int, _ arguments: String...) throws -> (status: ProcessControl.ExitStatus?, output: String) {
            try run.run(
                arguments,
                wrapper: ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"])
        }
        #expect(try ask(65534, "list").output == "web\nworker\nidle\n")
        let refused = try ask(65534, "stop", "web")
        #expect(refused.status == .code(1))
        #expect(refused.output.contains("you may look, but not change anything"), "\(refused.output)")
        #expect(try ask(65533, "stop", "web", "--wait").output == "web  stopped\n")
        let stranger = try ask(65532, "list")
        #expect(stranger.status == .code(1))
        #expect(stranger.output.contains("you may not control the dockmaster"), "\(stranger.output)")
        // Without names again, nobody else gets in.
        try run.configure(Self.configuration)
        #expect(try run.run(["reload"]).status == .code(0))
        #expect(try ask(65534, "list").status == .code(1))
    }
}

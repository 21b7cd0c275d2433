import Glibc
import ProcessControl
import Testing

@testable import Supervisor

@Suite("A command, seen from outside", .serialized)
struct BlackBoxCommandTests {
    private static let secret = "tr0ub4dor-and-3"

    // MARK: import

    private static let circus = """
        [circus]
        check_delay = 5
        [watcher:web]
        cmd = /bin/sleep --key $(circus.env.WEB_PASSWORD) $(circus.env.PLACE)
        numprocesses = 2
        hooks.before_start = my.module.hook
        [env:web]
        COLOUR = red
        """

    @Test("`import` prints what `check` accepts, warns of what has no equivalent, and writes down no secret of ours")
    func importing() throws {
        let run = try BlackBoxRun("  x: {cmd: [/bin/true]}")
        try run.write("circus.ini", Self.circus)
        let environment = ["WEB_PASSWORD": Self.secret, "PLACE": "here"]
        let imported = try run.plain(["import", run.path("circus.ini")], environment: environment)
        #expect(imported.status == .code(0), "\(imported.output)")
        #expect(!imported.output.contains(Self.secret))
        for words in [
            "numprocesses: 2", "COLOUR: red", "$(circus.env.WEB_PASSWORD)", "here",
            "warning: \(run.path("circus.ini")):2: circus.check_delay: has no equivalent",
            "watcher:web.hooks.before_start", "WEB_PASSWORD): is a secret of your environment",
        ] { #expect(imported.output.contains(words), "\(words) in \(imported.output)") }

        let yaml = imported.output.split(separator: "\n").filter { !$0.hasPrefix("dockmaster: ") }
        try run.write("dockmaster.yaml", yaml.joined(separator: "\n") + "\n")
        let check = try run.run(["check", "--config", run.path("dockmaster.yaml")])
        #expect(check.status == .code(0), "\(check.output)")
        #expect(check.output.contains("the configuration is valid"))
        #expect(check.output.contains("1 watcher"))
    }

    @Test("`import` of what is no circus file, or not there, or broken, ends with 78 and says where")
    func refusedImports() throws {
        let run = try BlackBoxRun("  x: {cmd: [/bin/true]}")
        try run.write("broken.ini", "[circus]\n[watcher:web]\ncmd = sleep 'open\n")
        for (file, words) in [
            ("dockmaster.yaml", "is not a circus configuration"), ("missing.ini", "No such file"),
            ("broken.ini", "broken.ini:3: watcher:web.cmd: cannot be split into words"),
        ] {
            let result = try run.plain(["import", run.path(file)])
            #expect(result.status == .code(78), "\(file)")
            #expect(result.output.contains(words), "\(result.output)")
        }
        #expect(try run.plain(["import"]).status == .code(2))
    }

    // MARK: check and render

    @Test("`check` ends with 78 for a fault, and names its file, line, key and remedy")
    func check() throws {
        let run = try BlackBoxRun("  web: {cmd: [/bin/true], numproceses: 2}")
        let check = try run.run(["check", "--config", run.path("dockmaster.yaml")])
        #expect(check.status == .code(78), "\(check.output)")
        #expect(check.output.contains("\(run.path("dockmaster.yaml")):4: watchers.web.numproceses"), "\(check.output)")
        #expect(check.output.contains("numprocesses"), "the nearest key that there is: \(check.output)")
        #expect(access(run.path("run"), F_OK) != 0, "it changes nothing")
        #expect(try run.run(["check", "--bogus"]).status == .code(2))
    }

    @Test("`render` shows the services without a secret: of environments, plugins, URLs, and what placeholders brought")
    func render() throws {
        let secret = Self.secret
        let run = try BlackBoxRun(
            """
              web:
                cmd: [/bin/sleep, 'http://joe:\(secret)@host/']
                env: {DB_PASSWORD: \(secret), COLOUR: red}
            """,
            other: """
                env: {API_TOKEN: \(secret)}
                plugins: {p: {cmd: [/bin/true], settings: {key: \(secret)}}}
                """)
        let yaml = try run.run(["render", "--config", run.path("dockmaster.yaml")])
        #expect(yaml.status == .code(0), "\(yaml.output)")
        #expect(yaml.output.contains("web:") && yaml.output.contains("•••"), "\(yaml.output)")
        #expect(!yaml.output.contains(secret), "\(yaml.output)")

        try run.write(
            "circus.ini",
            """
            [watcher:web]
            cmd = /bin/sleep -k $(circus.env.DB_PASSWORD) -t $(circus.env.WEB_TOKEN)
            [env]
            DB_PASSWORD = \(secret)1
            """)
        let circus = try run.plain(
            ["render", "--config", run.path("circus.ini"), "--run", run.path("run")],
            environment: ["WEB_TOKEN": "\(secret)2"])
        #expect(circus.status == .code(0), "\(circus.output)")
        #expect(circus.output.contains("-k") && !circus.output.contains(secret), "\(circus.output)")
    }

    // MARK: A running supervisor

    @Test("`status` shows plugins too, and calls a watcher that somebody has stopped as wanted")
    func status() throws {
        let run = try BlackBoxRun(
            "  one: {cmd: [/bin/sleep, '1000'], env: {A_TOKEN: \(Self.secret)}}\n  two: {cmd: [/bin/sleep, '1000']}",
            other: "plugins: {limits: {use: resource_watcher, settings: {watcher: one, max_mem: 99}}}")
        #expect(try run.start(), "\(run.output)")
        var status = try run.run(["status"])
        #expect(status.status == .code(0), "\(status.output)")
        #expect(status.output.contains(/limits +running/), "\(status.output)")
        #expect(try run.run(["status", "--json"]).output.contains(#""plugins":[{"name":"limits""#))
        #expect(try run.run(["stop", "two", "--wait"]).status == .code(0))
        status = try run.run(["status"])
        #expect(status.status == .code(0), "\(status.output)")
        #expect(status.output.contains("everything is as wanted: 1 stopped, the rest ready"), "\(status.output)")
        #expect(try run.run(["status", "two"]).status == .code(0))
        #expect(try !run.run(["options", "one"]).output.contains(Self.secret))
        #expect(run.end() == .code(0))
        #expect(try run.run(["status"]).status == .code(3))
    }

    @Test(
        "ends with 2 for wrong usage, whatever the command",
        arguments: [
            ["logs", "--bogus"], ["logs", "-n", "x"], ["logs", "--lines"], ["logs", "--level", "loud"],
            ["logs", "--since", "yore"], ["logs", "--grep", "("], ["trace"], ["trace", "a", "b"],
            ["trace", "--bogus", "x"],
            ["status", "--bogus"], ["scale", "web"], ["scale", "web", "many"], ["bogus"],
        ])
    func usage(_ arguments: [String]) throws {
        let run = try BlackBoxRun("  x: {cmd: [/bin/true]}")
        let result = try run.plain(arguments)
        #expect(result.status == .code(2), "\(result.output)")
        #expect(!result.output.isEmpty)
    }

    // MARK: From afar

    @Test("comes through ssh when it only looks at or acts on watchers, never when it names files or programs")
    func allowList() throws {
        let run = try BlackBoxRun("  x: {cmd: [/bin/true]}")
        let help = try run.plain(["--help"]).output
        let known = help.matches(of: /(?m)^  ([a-z]+) {2,}/).map { String($0.1) }.filter { $0 != "help" }
        #expect(known.count > 25, "\(help)")
        let files: Set<String> = ["run", "check", "render", "import", "upgrade", "add", "set", "acl"]
        #expect(files.isSubset(of: known))
        let script = "\(#filePath)".replacing(/Tests\/SupervisorTests\/.*/, with: "etc/watchers.d/sshd-command")
        func login(_ words: String) throws -> BlackBoxRun.End? {
            var request = SpawnRequest(
                "/bin/sh", [script, "/bin/echo", "/run/dockmaster"], environment: ChildEnvironment.inherited())
            request.environment["SSH_ORIGINAL_COMMAND"] = words
            let null = try OwnedDescriptor.open("/dev/null", O_WRONLY)
            request.output = null.number
            request.error = null.number
            let child = try Spawner.spawn(request)
            var status: BlackBoxRun.End?
            _ = run.wait(.seconds(10)) {
                status = child.reap()
                return status != nil
            }
            return status
        }
        for command in known {
            #expect(try login(command) == .code(files.contains(command) ? 2 : 0), "\(command)")
            #expect(try login("dockmaster \(command) x") == .code(files.contains(command) ? 2 : 0), "\(command)")
        }
        for option in ["--run /x", "--run=/x", "--config /x", "--data=/x", "--logs /x"] {
            #expect(try login("status \(option)") == .code(2), "\(option)")
        }
    }
}

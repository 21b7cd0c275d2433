import Supervision
import Testing

@testable import BundleConfig

@Suite("From circus")
struct CircusTests {
    private let bundle: TestBundle

    init() throws {
        bundle = try TestBundle()
    }

    private func load(vector name: String) throws -> BundleConfiguration {
        try bundle.load("", name: "none.yaml") { $0.config = "\(CircusVectorTests.folder)/\(name).ini" }
    }

    @Test("a makinacorpus file runs as it is")
    func makinacorpus() throws {
        let configuration = try load(vector: "makinacorpus")
        #expect(!configuration.startsBundle)
        #expect(configuration.watchers.map(\.name) == ["cron", "docker_auth", "nginx", "registry", "sshd", "web"])
        let nginx = try #require(configuration.watchers.first { $0.name == "nginx" })
        #expect(nginx.command == ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;"])
        #expect(nginx.copiesEnvironment && nginx.attributes.user == "root" && nginx.settings.stopSignal == 3)
        #expect(nginx.warmup == .seconds(10) && nginx.maxAge == .seconds(86_400))
        #expect(nginx.output.destination == .file("/var/log/circus/nginx.stdout.log"))
        #expect(nginx.error.destination == .file("/var/log/circus/nginx.stderr.log"))
        #expect(nginx.rotation == LogRotation(size: nil))
        #expect(
            nginx.attributes.limits == [
                .init(resource: "nofile", soft: 65_536, hard: 65_536), .init(resource: "core", soft: nil, hard: nil),
            ])
        let registry = try #require(configuration.watchers.first { $0.name == "registry" })
        #expect(registry.rotation == LogRotation(size: nil, keep: 7, interval: .midnight))
        #expect(registry.environment["REGISTRY_LOG_LEVEL"] == "info" && registry.reload == .signal)
        #expect(registry.settings.grace == .milliseconds(7_500))
        let web = try #require(configuration.watchers.first { $0.name == "web" })
        #expect(
            web.command
                == ["/usr/bin/chaussette", "--fd", "$(circus.sockets.web)", "--wid", "$(circus.wid)", "-n", "3"])
        #expect(web.sockets.map(\.name) == ["web", "unix"])
        #expect(web.sockets.last?.place == .unix(path: "/run/web.sock", mode: 0o770))
        #expect(configuration.plugins.map(\.use) == [.builtIn("flapping")])
        #expect(configuration.plugins.first?.settings == #"{"attempts":3,"retry_in":3,"max_retry":2}"#)
        #expect(configuration.supervisor.umask == 0o22 && configuration.supervisor.pidFile == "/run/circusd.pid")
        #expect(configuration.supervisor.control.admins == [0])
        #expect(
            configuration.warnings.map(\.key) == [
                "circus.check_delay", "circus.endpoint", "circus.pubsub_endpoint", "circus.statsd",
                "circus.stats_endpoint", "watcher:docker_auth.hooks.before_start",
            ])
    }

    @Test(
        "what is printed as our YAML gives the same watchers, sockets and plugins",
        arguments: ["makinacorpus", "details"])
    func roundTrip(name: String) throws {
        let file = "\(CircusVectorTests.folder)/\(name).ini"
        let direct = try load(vector: name)
        let converted = try CircusImport(file)
        let again = try bundle.load(converted.yaml)
        #expect(again.watchers == direct.watchers)
        #expect(again.plugins == direct.plugins)
        #expect(again.supervisor == direct.supervisor)
        #expect(again.warnings == [])
        #expect(converted.warnings == direct.warnings)
    }

    @Test("plugins become ours, and those without an equivalent are named")
    func plugins() throws {
        let configuration = try load(vector: "details")
        #expect(configuration.plugins.map(\.name) == ["mem", "http"])
        #expect(configuration.plugins[0].use == .builtIn("resource_watcher"))
        #expect(
            configuration.plugins[0].settings
                == #"{"watcher":"stream","max_mem":"200M","loop_rate":5,"process_children":true,"max_cpu":90,"health_threshold":75}"#
        )
        #expect(
            configuration.plugins[1].use
                == .executable(["/usr/bin/python3", "/etc/dockmaster/plugins/http_observer.py"]))
        #expect(configuration.plugins[1].may == ["restart"])
        #expect(
            configuration.plugins[1].settings
                == #"{"check_url":"http://127.0.0.1/health","restart":"stream","timeout":2.5}"#)
        #expect(
            configuration.warnings.map { bundle.shown($0) }.last?.hasSuffix(
                "plugin:redis.use: is circus.plugins.redis_observer.RedisObserver, which has no equivalent. Give the watcher a health: check or a watchdog:."
            ) == true)
    }

    struct Stream: Sendable {
        let text: String
        let output: OutputDefinition.Destination
        let rotation: LogRotation?
        let warnings: Int

        init(_ text: String, _ output: OutputDefinition.Destination, _ rotation: LogRotation?, warnings: Int = 0) {
            self.text = text
            self.output = output
            self.rotation = rotation
            self.warnings = warnings
        }
    }

    static let streams = [
        Stream("class = StdoutStream", .inherit, nil),
        Stream("class = FancyStdoutStream\ncolor = green", .log, nil, warnings: 1),
        Stream("class = QueueStream", .log, nil, warnings: 1),
        Stream("class = my.own.Stream\nfilename = x", .log, nil, warnings: 1),
        Stream("filename = /l/x", .file("/l/x"), LogRotation(size: nil)),
        Stream(
            "class = circus.stream.FileStream\nfilename = /l/x\nmax_bytes = 10\nbackup_count = 2", .file("/l/x"),
            LogRotation(size: 10, keep: 2)),
        Stream(
            "class = FileStream\nfilename = /l/x\ntime_format = %H", .file("/l/x"), LogRotation(size: nil), warnings: 1),
        Stream("class = WatchedFileStream\nfilename = /l/x", .file("/l/x"), LogRotation(size: nil)),
        Stream(
            "class = TimedRotatingFileStream\nfilename = /l/x\nrotate_when = H\nrotate_interval = 6\nbackup_count = 4",
            .file("/l/x"), LogRotation(size: nil, keep: 4, interval: .seconds(21_600))),
        Stream(
            "class = TimedRotatingFileStream\nfilename = /l/x\nrotate_when = W6\nutc = True", .file("/l/x"),
            LogRotation(size: nil, keep: 10_000, interval: .weekday(6)), warnings: 1),
        Stream("class = FileStream", .log, nil, warnings: 1),
    ]

    @Test("streams become log files and their rotation", arguments: streams)
    func stream(stream: Stream) throws {
        let lines = stream.text.split(separator: "\n").map { "stdout_stream.\($0)" }.joined(separator: "\n")
        let configuration = try bundle.load("[watcher:w]\ncmd = x\n\(lines)\n", name: "circus.ini")
        let watcher = try #require(configuration.watchers.first)
        #expect(watcher.output.destination == stream.output)
        #expect(watcher.rotation == stream.rotation)
        #expect(configuration.warnings.count == stream.warnings)
    }

    @Test("what is wrong is refused with the .ini's own line and key")
    func refusals() throws {
        let text = """
            lost = line
            [circus]
            [watcher:a/b]
            cmd = x 'y
            numprocesses = many
            copy_env = perhaps
            graceful_timeout = -1
            [watcher:c]
            uid = no-such-user
            what is this
            """
        #expect(
            bundle.refusals(text, name: "circus.ini") == [
                "DIR/circus.ini:1: stands before the first [section]. Write a section such as [watcher:web] and `key = value` lines.",
                "DIR/circus.ini:4: watcher:a/b.cmd: cannot be split into words: a ' is not closed. Close it.",
                "DIR/circus.ini:5: watcher:a/b.numprocesses: is \"many\", which is no whole number. Write digits only.",
                "DIR/circus.ini:6: watcher:a/b.copy_env: is \"perhaps\", which is neither true nor false. Write True or False.",
                "DIR/circus.ini:7: watcher:a/b.graceful_timeout: is \"-1\", which are no seconds. Write a number, such as 30.",
                "DIR/circus.ini:10: is neither key = value nor a section. Write a section such as [watcher:web] and `key = value` lines.",
            ])
        #expect(
            bundle.refusals("[watcher:c]\nuid = no-such-user\nrlimit_files = 3\n", name: "circus.ini") == [
                "DIR/circus.ini:1: watcher:c: has no cmd. Say what it runs, such as cmd: \"prog --flag\".",
                "DIR/circus.ini:2: watcher:c.uid: is no-such-user, a user that this machine does not have. Make it (useradd), or name another.",
                "DIR/circus.ini:3: watcher:c.rlimit_files: is not a limit of this system. Known: \(ProcessAttributesReader.resources.joined(separator: ", ")).",
            ])
    }

    @Test("a file is known by its sections, and YAML is not one")
    func recognised() {
        #expect(CircusFile.isOne("; hello\n[circus]\n"))
        #expect(CircusFile.isOne("[env]\nA=b\n[watcher:x]\ncmd=y\n"))
        #expect(!CircusFile.isOne("domain: x\nwatchers:\n  x: {cmd: \"[circus]\"}\n"))
        #expect(!CircusFile.isOne(""))
    }

    @Test("a virtualenv comes first in the PATH")
    func virtualenv() throws {
        let configuration = try bundle.load(
            "[watcher:w]\ncmd = x\ncopy_env = True\nvirtualenv = venv\n[env:w]\nPATH = /bin\n", name: "circus.ini")
        let folder = bundle.folder.path + "/venv"
        #expect(configuration.watchers.first?.environment == ["PATH": "\(folder)/bin:/bin", "VIRTUAL_ENV": folder])
    }
}

import Supervision
import Testing

@testable import BundleConfig

@Suite("A watcher's section")
struct WatcherReadingTests {
    private let bundle: TestBundle

    init() throws {
        bundle = try TestBundle()
    }

    private func watcher(_ text: String) throws -> WatcherDefinition {
        let configuration = try bundle.load("bundle: false\nwatchers:\n  web:\n" + text.indented(4))
        return try #require(configuration.watchers.first)
    }

    @Test(
        "is not changed by what would do nothing",
        arguments: [
            ("{args: [--port, 81]}", "args: changes with cmd only. Give the whole command: cmd, and args."),
            ("{shell: true}", "shell: changes with cmd only. Give the whole command: cmd, and shell."),
            ("{health: null}", "health: is null, which changes nothing. Name the value that health shall have."),
        ])
    func changes(text: String, sentence: String) throws {
        let web = try watcher("cmd: /usr/bin/web --port 80")
        let errors = #expect(throws: ConfigurationErrors.self) {
            try WatcherText.changed(web, text, sockets: [], rotation: LogRotation())
        }
        #expect(errors.map { "\($0)".contains(sentence) } == true, "\(String(describing: errors))")
    }

    @Test("with nothing but a command gets the defaults")
    func defaults() throws {
        let web = try watcher("cmd: /usr/bin/web --port 80")
        #expect(web.name == "web")
        #expect(web.command == ["/usr/bin/web", "--port", "80"])
        #expect(web.environment == [:] && !web.copiesEnvironment)
        #expect(web.instances == 1 && web.autostart && !web.isSingleton && !web.isOneshot && !web.onDemand)
        #expect(web.readiness == .started && !web.settings.awaitsReady)
        #expect(web.reload == .replace)
        #expect(web.settings.grace == .seconds(30) && web.settings.stopSignal == 15)
        #expect(web.settings.policy == RestartPolicy())
        #expect(web.maxAge == nil && web.ageVariance == .seconds(30))
        #expect(web.output == OutputDefinition() && web.rotation == nil)
        #expect(web.attributes == ProcessAttributes())
    }

    @Test("may say everything there is")
    func everything() throws {
        let web = try watcher(
            """
            cmd: [/usr/bin/web, "a b"]
            args: -x 'y z'
            numprocesses: 3
            autostart: no
            priority: -2
            warmup_delay: 10
            respawn: on-failure
            expected_exit: [0, 3]
            on_exit: shutdown
            working_dir: ../srv
            uid: root
            gid: 0
            env: {A: 1, B: "yes", C: }
            copy_env: true
            umask: 022
            nice: -5
            no_new_privs: true
            rlimits: {nofile: 1024, core: 0, nproc: {soft: 1, hard: 2}, as: unlimited, stack: 8MiB}
            cgroup: {memory: 512MiB, cpu: 150%, processes: 100}
            stop_signal: SIGINT
            stop_children: true
            graceful_timeout: 5s
            reload: sequential
            backoff: {initial: 100ms, factor: 3, cap: 1m, jitter: 0, reset_after: 2s, limit: none, window: 5m}
            max_age: 1d
            max_age_variance: 60
            stdout: /var/log/web.out
            stderr: discard
            log: {size: 10MiB, every: monday, compress: true}
            hooks: {before_start: "/bin/test -e x", after_reap: {cmd: [/bin/true], ignore: true, timeout: 5s}}
            ready: {http: "http://127.0.0.1:8000/ready", period: 200ms}
            start_timeout: 90s
            health: {unix: /run/web.sock, period: 5s, timeout: 1s, threshold: 2, on_failure: shutdown}
            watchdog: 30s
            options: {flapping: {attempts: 3}, tags: [a, 1], note: x}
            """)
        #expect(web.command == ["/usr/bin/web", "a b", "-x", "y z"])
        #expect(web.instances == 3 && !web.autostart && web.priority == -2 && web.warmup == .seconds(10))
        #expect(web.settings.policy.respawn == .onFailure && web.settings.policy.expected == [0, 3])
        #expect(web.onExit == .shutdown)
        #expect(web.folder == "/tmp/config/srv")
        #expect(web.environment == ["A": "1", "B": "yes", "C": ""] && web.copiesEnvironment)
        #expect(web.attributes.user == "root" && web.attributes.group == "0" && web.attributes.umask == 0o22)
        #expect(web.attributes.nice == -5 && web.attributes.noNewPrivileges)
        #expect(
            web.attributes.limits == [
                .init(resource: "nofile", soft: 1024, hard: 1024), .init(resource: "core", soft: 0, hard: 0),
                .init(resource: "nproc", soft: 1, hard: 2), .init(resource: "as", soft: nil, hard: nil),
                .init(resource: "stack", soft: 8 << 20, hard: 8 << 20),
            ])
        #expect(web.attributes.controlGroup == .init(memory: 512 << 20, cpuPercent: 150, processes: 100))
        #expect(web.settings.stopSignal == 2 && web.stopsChildren && web.settings.grace == .seconds(5))
        #expect(web.reload == .sequential)
        #expect(web.settings.policy.initial == .milliseconds(100) && web.settings.policy.factor == 3)
        #expect(web.settings.policy.cap == .seconds(60) && web.settings.policy.jitter == 0)
        #expect(web.settings.policy.settling == .seconds(2) && web.settings.policy.limit == nil)
        #expect(web.settings.policy.window == .seconds(300))
        #expect(web.maxAge == .seconds(86_400) && web.ageVariance == .seconds(60))
        #expect(web.output.destination == .file("/var/log/web.out") && web.error.destination == .discard)
        #expect(web.rotation == LogRotation(size: 10 << 20, keep: 5, interval: .weekday(0), compress: true))
        #expect(
            web.hooks == [
                HookDefinition(point: .beforeStart, command: ["/bin/test", "-e", "x"]),
                HookDefinition(point: .afterReap, command: ["/bin/true"], ignoresFailure: true, timeout: .seconds(5)),
            ])
        #expect(
            web.readiness
                == .probe(
                    .http(host: "127.0.0.1", port: 8000, path: "/ready", socket: nil), period: .milliseconds(200)))
        #expect(web.settings.awaitsReady && web.settings.startTimeout == .seconds(90))
        #expect(
            web.health
                == HealthCheck(
                    probe: .unix(path: "/run/web.sock"), period: .seconds(5), timeout: .seconds(1), threshold: 2,
                    action: .shutdown))
        #expect(web.settings.watchdog == .seconds(30))
        #expect(web.options == ["flapping.attempts": "3", "tags": #"["a",1]"#, "note": "x"])
    }

    @Test(
        "says in several ways when it is ready",
        arguments: [
            ("started", .started), ("notify", .notify), ("{fd: 5}", .descriptor(5)),
            ("{after: 2s}", .after(.seconds(2))),
            ("{tcp: \"[::1]:80\"}", .probe(.tcp(host: "::1", port: 80), period: .seconds(1))),
            ("{exec: \"test -e 'a b'\"}", .probe(.exec(["test", "-e", "a b"]), period: .seconds(1))),
            (
                "{http: \"unix:/run/x.sock:/health\"}",
                .probe(.http(host: "localhost", port: 80, path: "/health", socket: "/run/x.sock"), period: .seconds(1))
            ),
            ("{tcp: \"localhost:25\", period: 3s}", .probe(.tcp(host: "localhost", port: 25), period: .seconds(3))),
        ] as [(String, Readiness)])
    func ready(text: String, readiness: Readiness) throws {
        #expect(try watcher("cmd: x\nready: \(text)").readiness == readiness)
    }

    @Test("keeps circus's spellings")
    func circusSpellings() throws {
        let hangup = try watcher("cmd: x\nsend_hup: true\nrespawn: false\nmax_retry: -1\nstop_signal: 3")
        #expect(hangup.reload == .signal)
        #expect(hangup.settings.policy.respawn == .never && hangup.settings.policy.limit == nil)
        #expect(hangup.settings.stopSignal == 3)
        #expect(try watcher("cmd: x\nmax_retry: 0").settings.policy.limit == 1)
        #expect(try watcher("cmd: x\nmax_age: 0").maxAge == nil)
        #expect(try watcher("cmd: x\nready: notify").reload == .signal)
        #expect(try watcher("cmd: x\nsingleton: true").reload == .sequential)
        #expect(try watcher("cmd: x\noneshot: true").settings.policy.respawn == .onFailure)
    }

    @Test("runs through a shell only when it says so, and expands nothing itself")
    func shell() throws {
        #expect(try watcher("cmd: \"echo ~ $HOME\"").command == ["echo", "~", "$HOME"])
        #expect(
            try watcher("cmd: \"echo ~ | cat\"\nargs: [\"a b\"]\nshell: true\nshell_args: [zero, one]").command
                == ["/bin/sh", "-c", "echo ~ | cat 'a b'", "zero", "one"])
    }

    @Test("takes paths from the folder of its file, a program's from its working folder")
    func paths() throws {
        let folder = bundle.folder.path
        #expect(try watcher("cmd: bin/web").command == [folder + "/bin/web"])
        #expect(try watcher("cmd: ./web\nworking_dir: srv").command == [folder + "/srv/web"])
        #expect(try watcher("cmd: web\nstdout: log/web.log").output.destination == .file(folder + "/log/web.log"))
        #expect(try watcher("cmd: web\nenv_file: \"~/secret\"").environmentFile == folder + "/~/secret")
    }

    @Test("gets the file's environment under its own")
    func environment() throws {
        let configuration = try bundle.load(
            "bundle: false\nenv: {A: a, B: b}\nwatchers: {x: {cmd: x, env: {B: c}}, y: {cmd: y}}")
        #expect(configuration.watchers.map(\.environment) == [["A": "a", "B": "c"], ["A": "a", "B": "b"]])
    }

    @Test("waits for a oneshot's end and a service's readiness when it only names them")
    func dependencies() throws {
        let configuration = try bundle.load(
            """
            bundle: false
            watchers:
              web: {cmd: x, after: [db, migrate], requires: {db: healthy, migrate: started}}
              db: {cmd: y, health: {tcp: "127.0.0.1:5432"}}
              migrate: {cmd: z, oneshot: true, after: db}
            """)
        let web = try #require(configuration.watchers.first)
        #expect(web.after == [Dependency("db", .ready), Dependency("migrate", .completed)])
        #expect(web.requires == [Dependency("db", .healthy), Dependency("migrate", .started)])
        #expect(configuration.watchers.last?.after == [Dependency("db")])
    }

    @Test("names sockets that are bound once")
    func sockets() throws {
        let configuration = try bundle.load(
            """
            bundle: false
            sockets:
              web: {host: 127.0.0.1, port: 8000, backlog: 128, reuse_port: true, interface: lo, blocking: true}
              log: {port: 514, type: dgram, host: "::"}
              unix: {path: run/x.sock, mode: 0600, owner: "root:0"}
              plain: {}
            watchers:
              web: {cmd: x, sockets: [web, unix], on_demand: true, ready: {fd: 5}}
              log: {cmd: y, stdin_socket: log, sockets: plain}
            """)
        var web = SocketDefinition(name: "web", place: .tcp(host: "127.0.0.1", port: 8000))
        (web.backlog, web.reusePort, web.interface, web.blocking) = (128, true, "lo", true)
        var unix = SocketDefinition(name: "unix", place: .unix(path: bundle.folder.path + "/run/x.sock", mode: 0o600))
        unix.owner = "root:0"
        #expect(configuration.watchers[0].sockets == [web, unix])
        #expect(configuration.watchers[0].onDemand)
        #expect(configuration.watchers[1].inputSocket == "log")
        #expect(
            configuration.watchers[1].sockets == [
                SocketDefinition(name: "plain", place: .tcp(host: "127.0.0.1", port: 8080)),
                SocketDefinition(name: "log", place: .udp(host: "::", port: 514)),
            ])
    }

    @Test("stands beside plugins, whose settings keep their types")
    func plugins() throws {
        let configuration = try bundle.load(
            """
            bundle: false
            env: {LANG: C}
            watchers: {web: {cmd: x}}
            plugins:
              memory: {use: resource_watcher, settings: {max_mem: 1GiB, max_cpu: 90, rate: 0.5, on: true, name: "1", none: , list: [1, a]}}
              alert: {cmd: "./alert.py -v", may: [emit], required: true, env: {TZ: UTC}, uid: 0}
            """)
        #expect(
            configuration.plugins.map(\.use) == [
                .builtIn("resource_watcher"), .executable([bundle.folder.path + "/alert.py", "-v"]),
            ])
        #expect(configuration.plugins[0].may == ["restart", "signal"])
        #expect(
            configuration.plugins[0].settings
                == #"{"max_mem":"1GiB","max_cpu":90,"rate":0.5,"on":true,"name":"1","none":null,"list":[1,"a"]}"#)
        #expect(configuration.plugins[1].may == ["emit"] && configuration.plugins[1].isRequired)
        #expect(configuration.plugins[1].environment == ["LANG": "C", "TZ": "UTC"])
        #expect(configuration.plugins[1].settings == "{}" && configuration.plugins[1].attributes.user == "0")
    }

    @Test("stands beside what concerns the supervisor")
    func supervisor() throws {
        let token = try bundle.folder.write("token", "abc\n")
        let settings = try bundle.load(
            """
            bundle: false
            supervisor:
              umask: 027
              pidfile: dockmaster.pid
              warmup_delay: 2
              stop_deadline: 9s
              log: {size: none, keep: 2, every: 1h}
              control: {admin: [root], read: [65534, root], tcp: "127.0.0.1:5555", token_file: token}
            watchers: {web: {cmd: x, log: {keep: 9}}}
            """)
        #expect(settings.supervisor.umask == 0o27 && settings.supervisor.stopDeadline == .seconds(9))
        #expect(settings.supervisor.pidFile == bundle.folder.path + "/dockmaster.pid")
        #expect(settings.supervisor.warmup == .seconds(2))
        #expect(settings.supervisor.rotation == LogRotation(size: nil, keep: 2, interval: .seconds(3600)))
        #expect(settings.watchers.first?.rotation == LogRotation(size: nil, keep: 9, interval: .seconds(3600)))
        #expect(settings.supervisor.control.admins == [0] && settings.supervisor.control.readers == [0, 65_534])
        #expect(settings.supervisor.control.address == "127.0.0.1:5555")
        #expect(settings.supervisor.control.tokenFile == token)
    }
}

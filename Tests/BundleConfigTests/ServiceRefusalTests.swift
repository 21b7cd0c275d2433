import Testing

@testable import BundleConfig

@Suite("A bad service")
struct ServiceRefusalTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let refusals: [String]

        init(_ name: String, _ text: String, _ refusals: String...) {
            self.name = name
            self.text = text
            self.refusals = refusals
        }

        var testDescription: String { name }
    }

    static let cases: [Bad] = [
        Bad(
            "a slip in a watcher's key", "watchers: {w: {cmd: x, numproceses: 2}}",
            "DIR/dockmaster.yaml:2: watchers.w.numproceses: is not a known key. Did you mean numprocesses?"),
        Bad(
            "nothing to run", "watchers: {}",
            "DIR/dockmaster.yaml:2: watchers: names nothing to run. Add a watcher, such as watchers: {web: {cmd: …}}."),
        Bad(
            "an open quote", "watchers: {w: {cmd: \"x 'y\"}}",
            "DIR/dockmaster.yaml:2: watchers.w.cmd: cannot be split into words: a ' is not closed. Close it, or write a list of words."
        ),
        Bad(
            "a shell that reads a list", "watchers: {w: {cmd: [x], shell: true}}",
            "DIR/dockmaster.yaml:2: watchers.w.cmd: is a list, and a shell reads one text. Write it as a text."),
        Bad(
            "shell arguments without a shell", "watchers: {w: {cmd: x, shell_args: y}}",
            "DIR/dockmaster.yaml:2: watchers.w.shell_args: means nothing without shell: true. Remove it, or set shell: true."
        ),
        Bad(
            "an unknown signal", "watchers: {w: {cmd: x, stop_signal: TREM}}",
            "DIR/dockmaster.yaml:2: watchers.w.stop_signal: is \"TREM\", which is not known here. Known: HUP, INT, QUIT, ILL, TRAP, ABRT, BUS, FPE, KILL, USR1, SEGV, USR2, PIPE, ALRM, TERM, STKFLT, CHLD, CONT, STOP, TSTP, TTIN, TTOU, URG, XCPU, XFSZ, VTALRM, PROF, WINCH, IO, PWR, SYS, POLL, IOT."
        ),
        Bad(
            "an unknown user", "watchers: {w: {cmd: x, uid: no-such-user, gid: no-such-group}}",
            "DIR/dockmaster.yaml:2: watchers.w.uid: is no-such-user, a user that this machine does not have. Make it (useradd), or name another.",
            "DIR/dockmaster.yaml:2: watchers.w.gid: is no-such-group, a group that this machine does not have. Make it (groupadd), or name another."
        ),
        Bad(
            "an unknown limit", "watchers: {w: {cmd: x, rlimits: {nofiles: 1}}}",
            "DIR/dockmaster.yaml:2: watchers.w.rlimits.nofiles: is not a limit of this system. Did you mean nofile?"),
        Bad(
            "a soft limit above the hard one", "watchers: {w: {cmd: x, rlimits: {core: {soft: 2, hard: 1}}}}",
            "DIR/dockmaster.yaml:2: watchers.w.rlimits.core: has a soft limit above the hard one. Raise hard, or lower soft."
        ),
        Bad(
            "a share of a processor in words", "watchers: {w: {cmd: x, cgroup: {cpu: half, memroy: 1}}}",
            "DIR/dockmaster.yaml:2: watchers.w.cgroup.memroy: is not a known key. Did you mean memory?"),
        Bad(
            "a readiness that says two things", "watchers: {w: {cmd: x, ready: {fd: 5, tcp: \"127.0.0.1:1\"}}}",
            "DIR/dockmaster.yaml:2: watchers.w.ready: says two things: fd, tcp. Give one of fd, tcp, unix, http, exec, after."
        ),
        Bad(
            "a probe of a name", "watchers: {w: {cmd: x, health: {tcp: \"db.example.test:1\"}}}",
            "DIR/dockmaster.yaml:2: watchers.w.health.tcp: names the host db.example.test, which is not an address. Write a numeric address, or localhost."
        ),
        Bad(
            "a probe with TLS", "watchers: {w: {cmd: x, ready: {http: \"https://127.0.0.1/\"}}}",
            "DIR/dockmaster.yaml:2: watchers.w.ready.http: is \"https://127.0.0.1/\", which is no plain http address. Write http://127.0.0.1:8000/path or unix:/path/to/socket:/path; for https, use exec with curl."
        ),
        Bad(
            "a health check that asks nothing", "watchers: {w: {cmd: x, health: {period: 1s}}}",
            "DIR/dockmaster.yaml:2: watchers.w.health: asks nothing. Give one of tcp, unix, http, exec."),
        Bad(
            "a descriptor that is a socket's",
            "watchers: {w: {cmd: x, sockets: [s], ready: {fd: 3}}}\nsockets: {s: {}}",
            "DIR/dockmaster.yaml:2: watchers.w.ready: names descriptor 3, where one of the 1 sockets is. Write fd: 4 or higher."
        ),
        Bad(
            "an unknown socket", "watchers: {w: {cmd: x, sockets: [wbe]}}\nsockets: {web: {}}",
            "DIR/dockmaster.yaml:2: watchers.w.sockets[0]: is \"wbe\", which is not known here. Known: web."),
        Bad(
            "a demand without a socket", "watchers: {w: {cmd: x, on_demand: true}}",
            "DIR/dockmaster.yaml:2: watchers.w.on_demand: needs a socket to wait at. Name one with sockets: or stdin_socket:."
        ),
        Bad(
            "an unknown hook", "watchers: {w: {cmd: x, hooks: {before_strat: y}}}",
            "DIR/dockmaster.yaml:2: watchers.w.hooks.before_strat: is not a hook. Did you mean before_start?"),
        Bad(
            "an unknown watcher to wait for", "watchers:\n  w:\n    cmd: x\n    after: [datbase]\n  database: {cmd: y}",
            "DIR/dockmaster.yaml:5: watchers.w.after[0]: is \"datbase\", which is not known here. Did you mean database?"
        ),
        Bad(
            "watchers that wait for each other",
            "watchers:\n  a: {cmd: x, after: [b]}\n  b: {cmd: x, requires: [c]}\n  c: {cmd: x, after: {a: started}}",
            "DIR/dockmaster.yaml:3: watchers.a.after: cannot be: watchers wait for each other: a → b → c → a. Remove one of these from `after` or `requires`."
        ),
        Bad(
            "health that nobody asks", "watchers: {a: {cmd: x, after: {b: healthy}}, b: {cmd: y}}",
            "DIR/dockmaster.yaml:2: watchers.a.after.b: waits until b is healthy, which nobody asks it. Give watchers.b a health:, or wait until it is ready."
        ),
        Bad(
            "the end of a service", "watchers: {a: {cmd: x, after: {b: completed}}, b: {cmd: y}}",
            "DIR/dockmaster.yaml:2: watchers.a.after.b: waits until b is completed, and that is a service, which stays. Set watchers.b.oneshot: true, or wait until it is ready."
        ),
        Bad(
            "several singletons", "watchers: {w: {cmd: x, singleton: true, numprocesses: 2}}",
            "DIR/dockmaster.yaml:2: watchers.w.numprocesses: is 2, but a singleton has one process. Remove numprocesses, or singleton."
        ),
        Bad(
            "singletons side by side", "watchers: {w: {cmd: x, singleton: true, reload: replace}}",
            "DIR/dockmaster.yaml:2: watchers.w.reload: would run two processes of a singleton side by side. Write sequential or signal, or remove singleton."
        ),
        Bad(
            "a oneshot for ever", "watchers: {w: {cmd: x, oneshot: true, respawn: always}}",
            "DIR/dockmaster.yaml:2: watchers.w.respawn: would start a oneshot again for ever. Write on-failure or never, or remove oneshot."
        ),
        Bad(
            "two limits of retries", "watchers: {w: {cmd: x, max_retry: 2, backoff: {limit: 3}}}",
            "DIR/dockmaster.yaml:2: watchers.w.backoff.limit: is max_retry, which is given as well. Keep one of them."),
        Bad(
            "a back-off above its cap", "watchers: {w: {cmd: x, backoff: {initial: 1m}}}",
            "DIR/dockmaster.yaml:2: watchers.w.backoff: begins with more than its cap. Raise backoff.cap, or lower initial."
        ),
        Bad(
            "two ways to reload", "watchers: {w: {cmd: x, send_hup: true, reload: terminate}}",
            "DIR/dockmaster.yaml:2: watchers.w.send_hup: and reload: terminate contradict each other. Keep one of them."
        ),
        Bad(
            "a word for an output", "watchers: {w: {cmd: x, stdout: discrad}}",
            "DIR/dockmaster.yaml:2: watchers.w.stdout: is \"discrad\", which is not known here. Did you mean discard?"),
        Bad(
            "a rotation on no day", "watchers: {w: {cmd: x, log: {every: moonday}}}",
            "DIR/dockmaster.yaml:2: watchers.w.log.every: is \"moonday\". Write a duration such as 1h, or midnight, or a day such as monday, or none."
        ),
        Bad(
            "a variable's name with =", "watchers: {w: {cmd: x, env: {\"A=B\": c}}}",
            "DIR/dockmaster.yaml:2: watchers.w.env.A=B: cannot be the name of a variable. Write a name such as LANG."),
        Bad(
            "a name with a slash", "watchers: {\"a/b\": {cmd: x}}",
            "DIR/dockmaster.yaml:2: watchers.a/b: cannot be the name of a watcher. Use letters, digits and . _ - @ +, at most 64, not beginning with . or -."
        ),
        Bad(
            "the supervisor's name", "watchers: {dockmaster: {cmd: x}}",
            "DIR/dockmaster.yaml:2: watchers.dockmaster: is the supervisor's own name. Give the watcher another."),
        Bad(
            "permission bits that are none", "watchers: {w: {cmd: x, umask: 028}}",
            "DIR/dockmaster.yaml:2: watchers.w.umask: is \"028\", which are not permission bits. Write octal digits, such as 022."
        ),
        Bad(
            "a socket of both families", "watchers: {w: {cmd: x}}\nsockets: {s: {path: /x, port: 1, mode: 0999}}",
            "DIR/dockmaster.yaml:3: sockets.s.port: means nothing for a unix socket. Remove it."),
        Bad(
            "a socket's mode without a path", "watchers: {w: {cmd: x}}\nsockets: {s: {mode: 0600}}",
            "DIR/dockmaster.yaml:3: sockets.s.mode: means nothing without a path. Remove it."),
        Bad(
            "a socket without a port", "watchers: {w: {cmd: x}}\nsockets: {s: {port: 0, type: raw}}",
            "DIR/dockmaster.yaml:3: sockets.s.type: is \"raw\", which is not known here. Known: stream, dgram."),
        Bad(
            "a plugin that does nothing", "watchers: {w: {cmd: x}}\nplugins: {p: {}}",
            "DIR/dockmaster.yaml:3: plugins.p: has neither use nor cmd. Write use: with one of command_reloader, cron, flapping, resource_watcher, or cmd: a program."
        ),
        Bad(
            "an unknown plugin", "watchers: {w: {cmd: x}}\nplugins: {p: {use: resource_wacher}}",
            "DIR/dockmaster.yaml:3: plugins.p.use: is \"resource_wacher\", which is not known here. Did you mean resource_watcher?"
        ),
        Bad(
            "a plugin that is two", "watchers: {w: {cmd: x}}\nplugins: {p: {use: cron, cmd: x}}",
            "DIR/dockmaster.yaml:3: plugins.p.cmd: and use contradict each other. Keep one of them."),
        Bad(
            "a user for a built-in plugin", "watchers: {w: {cmd: x}}\nplugins: {p: {use: cron, uid: root}}",
            "DIR/dockmaster.yaml:3: plugins.p.uid: is for programs, and cron is built in. Remove it."),
        Bad(
            "a control group for a plugin", "watchers: {w: {cmd: x}}\nplugins: {p: {cmd: x, cgroup: {memory: 1MiB}}}",
            "DIR/dockmaster.yaml:3: plugins.p.cgroup: is not a known key. Known here: args, cmd, env, gid, may, nice, no_new_privs, required, rlimits, settings, uid, umask, use."
        ),
        Bad(
            "a plugin that may too much", "watchers: {w: {cmd: x}}\nplugins: {p: {cmd: x, may: [reboot]}}",
            "DIR/dockmaster.yaml:3: plugins.p.may[0]: is \"reboot\", which is not known here. Known: restart, stop, start, signal, reload, emit, run."
        ),
        Bad(
            "an open port for orders", "watchers: {w: {cmd: x}}\nsupervisor: {control: {tcp: \"0.0.0.0:5555\"}}",
            "DIR/dockmaster.yaml:3: supervisor.control.tcp: would let anyone who reaches the port give orders. Name a file with a bearer token (mode 0600) as token_file."
        ),
        Bad(
            "a slip in the supervisor's keys",
            "watchers: {w: {cmd: x}}\nsupervisor: {pidfiel: x, control: {admins: [root]}}",
            "DIR/dockmaster.yaml:3: supervisor.pidfiel: is not a known key. Did you mean pidfile?",
            "DIR/dockmaster.yaml:3: supervisor.control.admins: is not a known key. Did you mean admin?"),
    ]

    @Test("is refused with its line, its key, the reason and the remedy", arguments: cases)
    func refused(bad: Bad) throws {
        let bundle = try TestBundle()
        #expect(bundle.refusals("bundle: false\n" + bad.text) == bad.refusals)
    }

    @Test("in a bundle may not be one of its workers, nor use its names")
    func workers() throws {
        let text = """
            users: {a: {password: x}}
            acl: [{match: {}, actions: [pull]}]
            watchers:
              auth: {numprocesses: 2, cmd: x, nicer: 1, nice: 99}
              registry: {after: [proxy]}
              web: {cmd: x, sockets: [https]}
            sockets: {https: {}}
            """
        let bundle = try TestBundle()
        #expect(
            bundle.refusals(text) == [
                "DIR/dockmaster.yaml:4: watchers.auth.numprocesses: cannot be set for the bundle's own worker auth. Only the proxy may run more than once.",
                "DIR/dockmaster.yaml:4: watchers.auth.cmd: cannot be set for the bundle's own worker auth. What may be set: env, env_file, rlimits, nice, cgroup, no_new_privs, priority, warmup_delay, graceful_timeout, drain_timeout, start_timeout, watchdog, backoff, max_retry, health, max_age, max_age_variance, on_exit, stdout, stderr, log, hooks, after, requires, options.",
                "DIR/dockmaster.yaml:4: watchers.auth.nicer: is not a known key. Did you mean nice?",
                "DIR/dockmaster.yaml:4: watchers.auth.nice: is 99. Write a number of -20 to 19.",
                "DIR/dockmaster.yaml:5: watchers.registry.after: cannot be: watchers wait for each other: registry → proxy → registry. Remove one of these from `after` or `requires`.",
                "DIR/dockmaster.yaml:6: watchers.web.sockets[0]: is \"https\", which is not known here. None is defined.",
                "DIR/dockmaster.yaml:7: sockets.https: is a socket of the bundle itself. Give yours another name.",
            ])
    }

    @Test("may not name a file with secrets that others can read")
    func wideFiles() throws {
        let bundle = try TestBundle()
        try bundle.folder.write("env", "A=b\n", mode: 0o640)
        try bundle.folder.write("token", "abc\n", mode: 0o604)
        let text = """
            bundle: false
            watchers: {w: {cmd: x, env_file: env}}
            supervisor: {control: {tcp: "127.0.0.1:1", token_file: token}}
            """
        #expect(
            bundle.refusals(text) == [
                "DIR/dockmaster.yaml:2: watchers.w.env_file: names DIR/env, which others can read (mode 0640). Run chmod 600 DIR/env.",
                "DIR/dockmaster.yaml:3: supervisor.control.token_file: names DIR/token, which others can read (mode 0604). Run chmod 600 DIR/token.",
            ])
    }
}

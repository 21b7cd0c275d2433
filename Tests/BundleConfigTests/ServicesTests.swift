import Supervision
import Testing

@testable import BundleConfig

@Suite("Services beside or instead of a registry")
struct ServicesTests {
    private let bundle: TestBundle
    private let registry = "users: {a: {password: x}}\nacl: [{match: {}, actions: [pull]}]\n"

    init() throws {
        bundle = try TestBundle()
    }

    @Test("need no user, certificate or data folder with bundle: false, and make none")
    func withoutBundle() throws {
        let configuration = try bundle.load("bundle: false\nwatchers: {web: {cmd: x}}").prepare(
            now: TestCertificates.now)
        #expect(!configuration.startsBundle)
        #expect(configuration.watchers.map(\.name) == ["web"])
        #expect(configuration.listeners == [] && configuration.certificateAuthority == nil)
        #expect(try configuration.rendered() == [])
        #expect(bundle.folder.mode("data") == "absent")
        #expect(bundle.folder.mode("run") == "700")
        #expect(bundle.folder.mode("logs") == "700")
    }

    @Test("say so when a registry's keys stand beside bundle: false")
    func unused() throws {
        let configuration = try bundle.load("bundle: false\n" + registry + "watchers: {web: {cmd: x}}")
        #expect(configuration.warnings.map(\.key) == ["users", "acl"])
    }

    @Test("run beside the three workers, whose settings may be changed")
    func workers() throws {
        let configuration = try bundle.load(
            registry
                + """
                env: {NOT: theirs}
                watchers:
                  web: {cmd: x, requires: {registry: healthy}}
                  registry:
                    env: {GOMAXPROCS: 2}
                    rlimits: {nofile: 100}
                    graceful_timeout: 5s
                    backoff: {initial: 1s}
                    health: {unix: /run/registry.sock}
                    after: web2
                  proxy: {numprocesses: 2, after: [web2]}
                  web2: {cmd: y}
                """)
        #expect(configuration.startsBundle)
        #expect(configuration.watchers.map(\.name) == ["web", "web2"])
        var worker = WatcherDefinition(name: "registry", command: ["/x/dockmaster-registry"])
        worker.environment = ["DATA": "/data"]
        let changed = configuration.changed(worker)
        #expect(changed.environment == ["DATA": "/data", "GOMAXPROCS": "2"])
        #expect(changed.attributes.limits == [.init(resource: "nofile", soft: 100, hard: 100)])
        #expect(changed.settings.grace == .seconds(5) && changed.settings.policy.initial == .seconds(1))
        #expect(changed.settings.awaitsReady && changed.readiness == .notify && changed.reload == .signal)
        #expect(changed.health?.probe == .unix(path: "/run/registry.sock"))
        #expect(changed.after == [Dependency("web2")] && changed.command == worker.command)
        let proxy = configuration.changed(WatcherDefinition(name: "proxy", command: ["/x/dockmaster-proxy"]))
        #expect(proxy.instances == 2)
        let auth = WatcherDefinition(name: "auth", command: ["/x/dockmaster-auth"])
        #expect(configuration.changed(auth) == auth)
    }

    // MARK: Includes

    @Test("may stand in further files, sorted by name, each with an environment of its own")
    func include() throws {
        try bundle.folder.write("watchers.d/20-b.yaml", "watchers: {b: {cmd: ./b}}")
        try bundle.folder.write(
            "watchers.d/10-a.yaml",
            "env: {A: file, B: file}\nwatchers: {a: {cmd: a, sockets: [s]}}\ninclude: [more/*.yaml]")
        try bundle.folder.write("watchers.d/more/c.yaml", "env: {B: more}\nwatchers: {c: {cmd: c, after: [b]}}")
        try bundle.folder.write("watchers.d/more/d.yaml", "sockets: {s: {port: 1234}}\nplugins: {f: {use: flapping}}")
        let configuration = try bundle.load(
            """
            bundle: false
            include: ["watchers.d/*.yaml", watchers.d/more/c.yaml]
            env: {A: main, C: main}
            watchers: {main: {cmd: m}}
            """)
        #expect(configuration.watchers.map(\.name) == ["main", "a", "c", "b"])
        #expect(configuration.watchers[0].environment == ["A": "main", "C": "main"])
        #expect(configuration.watchers[1].environment == ["A": "file", "B": "file", "C": "main"])
        #expect(configuration.watchers[2].environment == ["A": "file", "B": "more", "C": "main"])
        #expect(configuration.watchers[3].command == [bundle.folder.path + "/watchers.d/b"])
        #expect(configuration.plugins.map(\.name) == ["f"])
        #expect(configuration.warnings == [])
    }

    @Test("are warned about when a glob of files matches none")
    func emptyGlob() throws {
        let configuration = try bundle.load("bundle: false\ninclude: \"none.d/*.yaml\"\nwatchers: {a: {cmd: a}}")
        #expect(
            configuration.warnings.map { bundle.shown($0) } == [
                "DIR/dockmaster.yaml:2: include: matches no file (DIR/none.d/*.yaml). Put one there, or remove the line if none is meant."
            ])
    }

    @Test("are refused in a circle of files, twice under one name, and with keys of the main file")
    func badIncludes() throws {
        try bundle.folder.write("a.yaml", "include: [b.yaml]\nwatchers: {a: {cmd: a}}")
        try bundle.folder.write("b.yaml", "include: [a.yaml]\n\nwatchers: {a: {cmd: a}}\ndomain: x\nwatcher: {}")
        #expect(
            bundle.refusals("bundle: false\ninclude: [a.yaml]\n") == [
                "DIR/b.yaml:1: include[0]: includes a file that includes it: DIR/a.yaml → DIR/b.yaml → DIR/a.yaml. Remove one of these includes.",
                "DIR/b.yaml:3: watchers.a: is defined at DIR/a.yaml:2 as well. Rename or remove one of the two.",
                "DIR/b.yaml:4: domain: cannot be set by an included file. Move it to the main file; included ones may hold env, watchers, sockets, plugins, include.",
                "DIR/b.yaml:5: watcher: is not a known key. Did you mean watchers?",
            ])
    }

    @Test("show no value of an environment or of a plugin's settings")
    func masked() throws {
        let configuration = try bundle.load(
            """
            bundle: false
            env: {ALL: s3cret-1}
            watchers: {web: {cmd: x, env: {TOKEN: s3cret-2}}}
            plugins: {mail: {cmd: y, env: {P: s3cret-3}, settings: {password: s3cret-4, deep: {list: [s3cret-5]}}}}
            """)
        let shown = configuration.maskedServices
        #expect(!shown.contains("s3cret"))
        for key in ["ALL", "TOKEN", "password", "list", "cmd: x"] { #expect(shown.contains(key)) }
    }

    @Test("may name the supervisor's folders")
    func folders() throws {
        let configuration = try bundle.load(
            """
            bundle: false
            watchers:
              web:
                cmd: [$(dockmaster.run)/x, "--data=$(dockmaster.data)", $(circus.wid)]
                env: {LOGS: "$(dockmaster.logs)/web"}
            plugins: {p: {cmd: [/bin/true], settings: {file: $(dockmaster.data)/a}}}
            """)
        let web = try #require(configuration.watchers.first)
        #expect(web.command == ["\(configuration.run)/x", "--data=\(configuration.data)", "$(circus.wid)"])
        #expect(web.environment["LOGS"] == "\(configuration.logs)/web")
        #expect(configuration.plugins.first?.settings == "{\"file\":\"\(configuration.data)/a\"}")
    }
}

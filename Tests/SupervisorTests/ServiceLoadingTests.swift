import Glibc
import ProcessControl
import Supervision
import Testing

@testable import BundleConfig
@testable import Supervisor

@Suite("A configuration without a registry")
struct ServiceLoadingTests {
    private let folder: ScenarioFolder

    init() throws {
        folder = try ScenarioFolder()
    }

    private func desired(_ text: String, name: String = "dockmaster.yaml") throws -> DesiredState {
        let path = "\(folder.path)/\(name)"
        let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        let bytes = Array(text.utf8)
        try #require(write(file.number, bytes, bytes.count) == bytes.count)
        let (run, logs) = ("\(folder.path)/run", "\(folder.path)/logs")
        let configuration = try BundleLoading.read(
            BundleOptions(config: path, data: "\(folder.path)/data", logs: logs, run: run))
        return try BundleLoading.desired(configuration, workers: "/nowhere", inUse: (run, logs))
    }

    @Test("runs what it names, makes no data folder, and says in one line how to ask")
    func services() throws {
        let desired = try desired(
            "bundle: false\nwatchers: {web: {cmd: x}, db: {cmd: y}}\nplugins: {f: {use: flapping}}\nsupervisor: {umask: 022}"
        )
        #expect(desired.definitions.map(\.name) == ["web", "db"])
        #expect(desired.plugins.map(\.name) == ["f"])
        #expect(desired.settings.umask == 0o22)
        #expect(desired.essential == [])
        #expect(desired.banner == "  Running web, db. See: dockmaster status --run \(folder.path)/run\n")
        try desired.write()
        #expect(access("\(folder.path)/data", F_OK) != 0)
        #expect(access("\(folder.path)/run", F_OK) == 0)
    }

    @Test("stands behind the three workers in a bundle, whose limits it may change")
    func bundle() throws {
        let desired = try desired(
            """
            users: {a: {password: x}}
            acl: [{match: {}, actions: [pull]}]
            watchers: {web: {cmd: x}, registry: {rlimits: {nofile: 99}}}
            """)
        #expect(desired.definitions.map(\.name) == ["auth", "registry", "proxy", "web"])
        #expect(desired.definitions[1].attributes.limits == [.init(resource: "nofile", soft: 99, hard: 99)])
        #expect(desired.definitions[1].command.first == "/nowhere/dockmaster-registry")
        #expect(desired.definitions[0].attributes.limits == [])
    }

    @Test("tells other secrets of an env_file from the same ones, so that a reload replaces for them alone")
    func secrets() throws {
        let path = "\(folder.path)/secrets"
        func steps(_ text: String, from old: [WatcherDefinition]) throws -> ([WatcherDefinition], [ReloadPlan.Step]) {
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            try Array(text.utf8).withUnsafeBytes { try file.writeAll($0) }
            let new = try desired("bundle: false\nwatchers: {web: {cmd: x, env_file: \(path)}}").definitions
            return (new, ReloadPlan(from: old, to: new).steps.map(\.step))
        }
        let first = try steps("KEY=one\n", from: []).0
        #expect(try steps("# The same.\nKEY=one\n", from: first).1 == [.unchanged])
        let (second, plan) = try steps("KEY=two\n", from: first)
        #expect(plan == [.replace(.sideBySide)])
        let shown = "\(try #require(second.first).json)"
        let fingerprint = try #require(second.first?.environmentFingerprint)
        #expect(!shown.contains("\(fingerprint)"))
        unlink(path)
        let none = try desired("bundle: false\nwatchers: {web: {cmd: x, env_file: \(path)}}").definitions
        #expect(ReloadPlan(from: second, to: none).steps.map(\.step) == [.adopt])
    }

    @Test("has the ACME worker beside it where certificates come by ACME, behind the proxy, and starts without it")
    func acme() throws {
        let desired = try desired(
            """
            domain: registry.example.test
            users: {a: {password: x}}
            acl: [{match: {}, actions: [pull]}]
            tls: {acme: {directory: "https://ca.example.test/directory"}}
            watchers: {web: {cmd: x}, acme: {nice: 5}}
            """)
        #expect(desired.definitions.map(\.name) == ["auth", "registry", "proxy", "acme", "web"])
        let acme = desired.definitions[3]
        #expect(acme.command == ["/nowhere/dockmaster-acme", "--config", "\(folder.path)/run/acme/acme.yml"])
        #expect(acme.after == [Dependency("proxy")] && acme.isSingleton && acme.attributes.nice == 5)
        #expect(acme.files.count == 1)
        #expect(desired.essential == ["auth", "registry", "proxy"])
        #expect(
            desired.definitions[2].environment["DOCKMASTER_PROXY_FOLDERS"]?
                .contains("/configuration/acme/registry.example.test") == true)
    }

    @Test("may be a circus file")
    func circus() throws {
        let desired = try desired("[circus]\nendpoint = x\n[watcher:web]\ncmd = sleep 1\n", name: "circus.ini")
        #expect(desired.definitions.map(\.command) == [["sleep", "1"]])
        #expect(desired.warnings.count == 1)
    }

    @Test("lets a built-in plugin do what it needs, unless it says less")
    func builtIn() {
        #expect(PluginReader.builtIn.keys.sorted() == BuiltInPlugins.kinds.keys.sorted())
        for (name, kind) in BuiltInPlugins.kinds { #expect(PluginReader.builtIn[name] == kind.commands, "\(name)") }
    }
}

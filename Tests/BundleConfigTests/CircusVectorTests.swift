import Supervision
import Testing

@testable import BundleConfig

/// What circus 0.19 itself read from the same files, recorded by Vectors/record.py.
@Suite("A circus file")
struct CircusVectorTests {
    static let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Vectors"

    private func reader(_ name: String) throws -> CircusReader {
        let path = "\(Self.folder)/\(name).ini"
        return CircusReader(try PrivateFile.read(path), file: path, environment: ["OUTER": "outside"])
    }

    private func recorded(_ name: String) throws -> ConfigurationNode {
        try ConfigurationNode.parse(try PrivateFile.read("\(Self.folder)/\(name).json"), file: nil)
    }

    @Test("is read as circus reads it: values, environments, names", arguments: ["makinacorpus", "details"])
    func values(name: String) throws {
        let reader = try reader(name)
        #expect(reader.problems.errors == [])
        let watchers = try #require(try recorded(name)["watchers"]?.sequence())
        #expect(watchers.count > 2)
        let ours = reader.file.sections(of: "watcher").sorted { $0.name < $1.name }
        #expect(ours.map(\.name) == watchers.map { $0.text("name") ?? "" })
        for (watcher, (name, section)) in zip(watchers, ours) {
            let environment = reader.environment(of: name)
            let translated = CircusWatcherReader(
                name: name, section: section, environment: environment, base: reader.placeholders,
                processEnvironment: reader.processEnvironment, sockets: [])
            for key in ["cmd", "args", "working_dir", "uid", "gid", "stdin_socket", "free", "flapping.attempts"] {
                let theirs = watcher[key].flatMap { $0.isNull ? nil : try? $0.string() }
                // Circus's default for absent args is "".
                #expect(translated.text(key) ?? (key == "args" ? "" : nil) == theirs, "\(name).\(key)")
            }
            var theirs: [String: String] = [:]
            for (key, value) in try watcher["env"]?.mapping() ?? [] where key != "__name__" && key != "OUTER" {
                theirs[key] = try value.string()
            }
            let mine = Dictionary(environment.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
            #expect(mine == theirs, "\(name).env")
            for stream in ["stdout_stream", "stderr_stream"] {
                for (key, value) in try watcher[stream]?.mapping() ?? [] {
                    #expect(translated.text("\(stream).\(key)") == (try value.string()), "\(name).\(stream).\(key)")
                }
            }
        }
    }

    @Test("means what circus means by it", arguments: ["makinacorpus", "details"])
    func meanings(name: String) throws {
        var reader = try reader(name)
        let document = reader.document()
        let watchers = try #require(try recorded(name)["watchers"]?.sequence())
        for theirs in watchers {
            let name = try #require(theirs.text("name"))
            var watcher = WatcherReader(
                name, try #require(document["watchers"]?[name]),
                sockets: Dictionary(
                    (document["sockets"]?.keys ?? []).map { ($0, .init(name: $0, place: .unix(path: "/x", mode: 0))) },
                    uniquingKeysWith: { $1 }))
            watcher.read()
            #expect(watcher.problems.errors == [], "\(name)")
            let ours = watcher.definition
            let number = { (key: String) -> Int? in (try? theirs.integer(key)) ?? nil }
            let flag = { (key: String) -> Bool? in (try? theirs.bool(key)) ?? nil }
            #expect(ours.instances == number("numprocesses"), "\(name)")
            #expect(ours.priority == number("priority"), "\(name)")
            #expect(ours.warmup == .seconds(number("warmup_delay") ?? -1), "\(name)")
            #expect(ours.settings.grace == .seconds(Double(theirs.text("graceful_timeout") ?? "") ?? -1), "\(name)")
            #expect(ours.settings.stopSignal == number("stop_signal").map(Int32.init), "\(name)")
            #expect(ours.settings.policy.limit == number("max_retry").flatMap { $0 < 0 ? nil : $0 }, "\(name)")
            #expect((ours.settings.policy.respawn == .always) == flag("respawn"), "\(name)")
            #expect(ours.autostart == flag("autostart") && ours.isSingleton == flag("singleton"), "\(name)")
            #expect(ours.copiesEnvironment == flag("copy_env") && ours.onDemand == flag("on_demand"), "\(name)")
            #expect(ours.stopsChildren == flag("stop_children"), "\(name)")
            #expect((ours.reload == .signal) == flag("send_hup"), "\(name)")
            #expect((ours.command.first == "/bin/sh") == flag("shell"), "\(name)")
            #expect(ours.sockets.isEmpty != flag("use_sockets"), "\(name)")
            for (limit, value) in try theirs["rlimits"]?.mapping() ?? [] {
                let soft = ours.attributes.limits.first { $0.resource == limit }?.soft
                #expect(soft.map(String.init) ?? "-1" == (try value.string()), "\(name).rlimit_\(limit)")
            }
            if flag("shell") != true, !(theirs.text("cmd") ?? "").contains("circus.") {
                let words = "\(theirs.text("cmd") ?? "") \(theirs.text("args") ?? "")"
                #expect(try ours.command == ShellWords.split(words, .shlex), "\(name)")
            }
        }
    }
}

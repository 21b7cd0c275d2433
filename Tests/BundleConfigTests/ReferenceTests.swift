import Supervision
import Testing

@testable import BundleConfig

@Suite("docs/configuration.md")
struct ReferenceTests {
    @Test("has every key that the readers accept, in its section")
    func everyKey() throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let text = try PrivateFile.read(root + "/docs/configuration.md")
        var sections: [String: String] = [:]
        var title = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") { title = String(line.dropFirst(3)) }
            sections[title, default: ""] += line + "\n"
        }
        let wanted: [(section: String, keys: [String])] = [
            ("The file", IncludeReader.keys + ["bundle", "supervisor"]),
            ("watchers.NAME", WatcherReader.keys + RotationReader.keys + ProbeReader.keys + WatcherReader.backoffKeys),
            ("watchers.NAME", WorkerChanges.keys),
            ("sockets.NAME", SocketReader.keys),
            ("plugins.NAME", PluginReader.keys + PluginReader.builtIn.keys + PluginReader.orders),
            ("supervisor", SupervisorReader.keys + SupervisorReader.controlKeys + RotationReader.keys),
        ]
        for (title, keys) in wanted {
            let section = try #require(sections[title], "no section \(title)")
            for key in keys {
                #expect(
                    section.contains("`\(key)`") || section.contains("`{\(key): "), "\(title) says nothing of \(key)")
            }
        }
    }

    @Test("and the example in etc/ name no key that is not read")
    func example() throws {
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        let text = try PrivateFile.read(root + "/etc/dockmaster.yaml")
        // The commented services put in.
        let start = try #require(text.firstRange(of: "# Further services"))
        let services = text[start.lowerBound...].split(separator: "\n").map { line -> String in
            if line.hasPrefix("#  ") || line.hasPrefix("#env") { return String(line.dropFirst()) }
            return String(line).replacing(": {}", with: ":")
        }
        let bundle = try TestBundle()
        try bundle.folder.write("web.env", "A=b\n")
        let configuration = try bundle.load(EmbeddedDefault.text + "\n" + services.joined(separator: "\n"))
        #expect(configuration.watchers.map(\.name) == ["web", "migrate"])
        #expect(configuration.watchers.first?.after == [.init("migrate", .completed)])
        #expect(configuration.watchers.last?.environment == ["LANG": "C.UTF-8"])
        #expect(configuration.plugins.map(\.name) == ["memory"])
    }
}

import Foundation
import RegistryModel
import Testing

@testable import RegistryWorker

@Suite("Retention, by dockmaster gc on a running registry")
struct RetentionRunTests {
    /// `dockmaster gc`, asking the registry of a folder.
    private func collect(_ registry: RegistryProcess, _ options: String...) throws -> String {
        let dockmaster = RegistryProcess.binary.replacing("dockmaster-registry", with: "dockmaster")
        return try RegistryProcess.run([dockmaster, "gc", "--run", registry.folder] + options)
    }

    @Test("explains each decision in a dry run, then removes, logs and frees; immutable tags stay")
    func carriedOut() async throws {
        let registry = try RegistryProcess(
            """
            policy:
              immutable: [{repositories: "team/*", tags: "release"}]
              retention:
                - {repositories: "team/*", keep_last: 2, keep_tags: ["v*"]}
            """)
        try registry.start()
        let layer = { (number: Int) in [UInt8](repeating: UInt8(number), count: 5_000) }
        let tags = ["release", "v1", "one", "two", "three", "four"]
        var digests: [Digest] = []
        for (number, tag) in tags.enumerated() {
            digests.append(try registry.client.pushImage(layer(number), tag, to: "team/app"))
        }
        try registry.client.pushImage(layer(100), "one", to: "free/app")
        registry.kill()
        // Each was pushed a day after the one before it, long ago; the index learns it from the folder.
        for case let path as String in FileManager.default.enumerator(atPath: registry.data) ?? .init() {
            let age = tags.firstIndex { path.contains("/tags/\($0)/") } ?? 0
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -86_400 * Double(50 - age))],
                ofItemAtPath: "\(registry.data)/\(path)")
        }
        for case let path as String in FileManager.default.enumerator(atPath: registry.data) ?? .init()
        where path.contains("/.index/") { try? FileManager.default.removeItem(atPath: "\(registry.data)/\(path)") }
        try registry.start()

        let dry = try collect(registry, "--dry-run")
        let rule = "rule team/* (config.yml:9)"
        for line in [
            "team/app:one would go: older than the last 2; \(rule)\n",
            "team/app:two would go: older than the last 2; \(rule)\n",
            "team/app:three stays: one of the last 2; \(rule)\n", "team/app:v1 stays: its name is kept (v*); \(rule)\n",
            "team/app:release stays: immutable; without that: older than the last 2; \(rule)\n",
        ] { #expect(dry.contains(line), "\(dry)") }
        #expect(!dry.contains("free/app:"))
        #expect(dry.contains("would free") && dry.contains("manifests 2, tags 2"), "\(dry)")
        #expect(try registry.client.send("GET", "/v2/team/app/tags/list").text.contains("\"one\""))

        let real = try collect(registry)
        #expect(real.contains("team/app:one is gone: older than the last 2; \(rule)\n"), "\(real)")
        #expect(!real.contains(" stays: ") && real.contains("manifests 2, tags 2"), "\(real)")
        let left = try registry.client.send("GET", "/v2/team/app/tags/list").text
        #expect(left == "{\"name\":\"team/app\",\"tags\":[\"four\",\"release\",\"three\",\"v1\"]}\n")
        for (tag, digest) in zip(tags, digests) {
            let isGone = ["one", "two"].contains(tag)
            let answer = try registry.client.send("GET", "/v2/team/app/manifests/\(digest)")
            #expect(answer.status == (isGone ? 404 : 200))
            let hex = digest.hex
            let path = "\(registry.data)/docker/registry/v2/blobs/sha256/\(hex.prefix(2))/\(hex)"
            #expect(FileManager.default.fileExists(atPath: path) == !isGone)
        }
        #expect(try registry.client.send("GET", "/v2/free/app/manifests/one").status == 200)
        let lines = registry.output.split(separator: "\n").filter { $0.contains("\"event\":\"retention\"") }
        #expect(lines.count == 4 && lines.filter { $0.contains("is gone") }.count == 2, "\(registry.output)")
        #expect(try collect(registry).contains("tags 0"))
    }
}

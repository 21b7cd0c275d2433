import Foundation
import Testing

@testable import RegistryStorage

@Suite("A registry that is killed at random moments under eight pushers", .serialized)
struct KillTests {
    @Test("has lost nothing that it acknowledged, serves no wrong byte, and leaves nothing behind after a purge")
    func kill() async throws {
        let registry = try RegistryProcess()
        let journal = PushJournal()
        var checked = 0
        for round in 0..<PushJournal.rounds(8) {
            try registry.start()
            let threads = journal.start(registry.client, round: round)
            journal.wait(beyond: checked)
            usleep(UInt32.random(in: 0...400_000))
            registry.kill()
            journal.stop(threads)
            try registry.start()
            // All of this round, and a sample of the ones before.
            let images = journal.acknowledged
            let sample = images[..<checked].shuffled().prefix(20) + images[checked...]
            let lost = try journal.lost(registry.client, Array(sample))
            #expect(lost == [], "round \(round)")
            checked = images.count
            registry.kill()
        }
        #expect(checked > 0)
        print("killed \(PushJournal.rounds(8)) times: \(checked) images acknowledged, 0 lost")
        try await Self.checkLeftovers(registry.data)
    }

    /// Purges, then looks at every file: each is a blob or a link of distribution's layout.
    private static func checkLeftovers(_ data: String) async throws {
        let storage = try FilesystemStorage(root: data)
        _ = try await storage.purgeUploads(olderThan: .seconds(-2), dryRun: false)
        // What a crash leaves in staging goes when it has an hour.
        try FilesystemStorage.clearStaging(storage.layout, olderThan: -2)
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(data)/docker/registry/v2")
        let lasting = ["blobs/", "repositories/", ".index"]
        for file in files where !lasting.contains(where: { file.hasPrefix($0) }) {
            #expect(file == "blobs" || file == "repositories" || file == ".staging", "left behind: \(file)")
        }
        #expect(!files.contains { $0.contains("/_uploads/") }, "an upload is left behind")
        for file in files where file.hasSuffix("/data") {
            #expect(file.contains(/^blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}\/data$/))
        }
    }
}

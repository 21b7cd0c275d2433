import Foundation
import NIOCore
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage

@Suite("Bit rot")
struct ScrubTests {
    private let folder: TemporaryFolder
    private let storage: FilesystemStorage
    private let name: RepositoryName
    private let layer = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path)
        name = try #require(RepositoryName("team/app"))
    }

    /// Turns one bit of a file, as a disk may.
    private func rot(_ digest: Digest, at offset: Int = 100) throws {
        let path = storage.layout.blob(digest)
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[offset] ^= 1
        try bytes.write(to: URL(filePath: path), options: [])
    }

    private func scrub(_ storage: FilesystemStorage) async throws -> ScrubStep {
        var sum = ScrubStep()
        while !sum.isLast {
            let step = try await storage.scrubStep { _ in }
            sum.blobs += step.blobs
            sum.bytes += step.bytes
            sum.damaged += step.damaged
            sum.isLast = step.isLast
        }
        return sum
    }

    @Test("is found by a scrub, which sets the blob aside and names the images that need it")
    func found() async throws {
        try await storage.pushImage(layer, tag: "one", to: name)
        try await storage.pushImage(layer, tag: "two", to: name, more: ",\"a\":1")
        try await storage.pushImage([1], tag: "other", to: name)
        let digest = try #require(ContentHash.digest(of: layer))
        #expect(try await scrub(storage).damaged == [])
        try rot(digest)
        let sum = try await scrub(storage)
        #expect(sum.damaged == [DamagedBlob(digest: digest, images: ["team/app:one", "team/app:two"])])
        #expect(sum.blobs == 6)
        #expect(FileManager.default.fileExists(atPath: storage.layout.quarantined(digest)))
        await #expect(throws: StorageError.self) { try await storage.open(digest, in: name) }
        // A push brings it back, and what is set aside stays.
        try await storage.push(layer, to: name)
        #expect(try await scrub(storage).damaged == [])
        #expect(FileManager.default.fileExists(atPath: storage.layout.quarantined(digest)))
    }

    @Test("of a manifest is found as well, and its image named by its tag")
    func manifest() async throws {
        let digest = try await storage.pushImage([1], tag: "one", to: name)
        let other = try await storage.pushImage([2], tag: nil, to: name)
        try rot(digest)
        try rot(other)
        let damaged = Set(try await scrub(storage).damaged)
        #expect(damaged.contains(DamagedBlob(digest: digest, images: ["team/app:one"])))
        #expect(damaged.contains(DamagedBlob(digest: other, images: ["team/app@\(other)"])))
    }

    @Test("is looked for step by step, and a restart goes on where the last process was")
    func resumed() async throws {
        for number in 0..<20 { try await storage.push([UInt8(number)], to: name) }
        let steps = 5
        var blobs = 0
        for _ in 0..<steps { blobs += try await storage.scrubStep { _ in }.blobs }
        let rest = try await scrub(try FilesystemStorage(root: folder.path))
        #expect(blobs >= steps)
        #expect(blobs + rest.blobs == 20)
    }

    @Test("never reaches who pulls a whole blob: its last part is withheld, and the blob set aside")
    func pull() async throws {
        let digest = try await storage.push(layer, to: name)
        try rot(digest, at: 599_999)
        let later = try FilesystemStorage(root: folder.path)
        let reader = try await later.open(digest, in: name)
        var received = 0
        await #expect {
            while received < reader.info.size {
                received += try await reader.read(at: received, count: 128 << 10).readableBytes
            }
        } throws: {
            if case StorageError.corrupt(digest) = $0 { true } else { false }
        }
        #expect(received < layer.count)
        await #expect(throws: StorageError.self) { try await later.open(digest, in: name) }
        #expect(FileManager.default.fileExists(atPath: later.layout.quarantined(digest)))
    }

    @Test("is not looked for again in a file that has been compared and has not changed")
    func once() async throws {
        let digest = try await storage.push(layer, to: name)
        let stamp = try #require(try Disk.stamp(storage.layout.blob(digest)))
        #expect(storage.verified.contains(digest, stamp))
        try rot(digest)
        let changed = try #require(try Disk.stamp(storage.layout.blob(digest)))
        #expect(!storage.verified.contains(digest, changed))
    }
}

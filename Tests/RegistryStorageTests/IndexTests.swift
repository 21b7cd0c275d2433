import Foundation
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage

@Suite("The index")
struct IndexTests {
    private let folder: TemporaryFolder
    private let storage: FilesystemStorage
    private let name: RepositoryName

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path)
        name = try #require(RepositoryName("team/app"))
    }

    private func tags(_ storage: FilesystemStorage) throws -> [String]? {
        try storage.index.tags(in: name, limit: nil, after: nil)?.elements.map(\.description)
    }

    /// Removes a tag as another registry does.
    private func removeBehindOurBack(_ tag: String) throws {
        try FileManager.default.removeItem(atPath: "\(storage.layout.tags(name))/\(tag)")
    }

    @Test("has what was pushed at once, and no longer what was deleted")
    func changes() async throws {
        _ = await storage.tendIndex()
        let first = try await storage.pushImage([1, 2, 3], tag: "b", to: name)
        try await storage.pushImage([1, 2, 3], tag: "a", to: name)
        #expect(try tags(storage) == ["a", "b"])
        #expect(
            try await storage.usage(of: name) == RepositoryUsage(tags: 2, manifests: 1, blobs: 2, bytes: 5))
        #expect(storage.index.repositories(limit: nil, after: nil)?.elements == [name])
        try await storage.deleteTag(#require(RegistryTag("a")), in: name)
        #expect(try tags(storage) == ["b"])
        _ = try await storage.deleteManifest(first, in: name)
        #expect(try tags(storage) == [])
        #expect(try storage.index.referrers(of: first, in: name)?.isEmpty == true)
    }

    @Test("is for its owner alone, beside the folders that others know")
    func place() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: storage.layout.index)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(storage.layout.index.hasPrefix("\(storage.layout.base)/."))
    }

    @Test("is believed again by the next process after an end in the middle of a change")
    func crash() async throws {
        _ = await storage.tendIndex()
        try await storage.pushImage([1], tag: "a", to: name)
        // Nothing has been settled: this process might have died within a change.
        let next = try FilesystemStorage(root: folder.path)
        #expect(try tags(next) == nil)
        #expect(try await next.tags(in: name, limit: nil, after: nil).elements.map(\.description) == ["a"])
        _ = await next.tendIndex()
        #expect(try tags(next) == ["a"])
        #expect(next.index.isReady)
    }

    @Test("settles, and the next process believes it without reading anything anew")
    func settled() async throws {
        _ = await storage.tendIndex()
        try await storage.pushImage([1], tag: "a", to: name)
        try storage.index.settle(name)
        let next = try FilesystemStorage(root: folder.path)
        #expect(try tags(next) == ["a"])
        #expect(next.index.repositories(limit: nil, after: nil)?.elements == [name])
    }

    @Test("notices at once what another registry has done, and has it after reading the folder")
    func foreign() async throws {
        _ = await storage.tendIndex()
        try await storage.pushImage([1], tag: "a", to: name)
        try await storage.pushImage([2], tag: "b", to: name)
        try removeBehindOurBack("a")
        #expect(try await storage.tags(in: name, limit: nil, after: nil).elements.map(\.description) == ["b"])
        #expect(try tags(storage) == nil)
        _ = await storage.tendIndex()
        #expect(try tags(storage) == ["b"])
        // The same on a repository that rests.
        try storage.index.settle(name)
        try removeBehindOurBack("b")
        #expect(try tags(storage) == nil)
        _ = await storage.tendIndex()
        #expect(try tags(storage) == [])
    }

    @Test("finds repositories that another registry has made or removed")
    func foreignRepositories() async throws {
        let peer = try FilesystemStorage(root: folder.path)
        try await storage.pushImage([1], tag: "a", to: name)
        _ = await storage.tendIndex()
        let other = try #require(RepositoryName("other"))
        try await peer.pushImage([1], tag: "a", to: other)
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await storage.repositories(limit: nil, after: nil).elements == [other, name])
        try FileManager.default.removeItem(atPath: storage.layout.repository(name))
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await storage.repositories(limit: nil, after: nil).elements == [other])
    }

    @Test("can be deleted or spoiled while it serves: lists walk until it is made anew", arguments: [true, false])
    func lost(isDeleted: Bool) async throws {
        try await storage.pushImage([1], tag: "a", to: name)
        _ = await storage.tendIndex()
        #expect(try tags(storage) == ["a"])
        if isDeleted {
            IndexDatabase.delete(storage.layout)
        } else {
            try Data("this is no database".utf8).write(to: URL(filePath: storage.layout.index))
        }
        #expect(try await storage.tags(in: name, limit: nil, after: nil).elements.map(\.description) == ["a"])
        try await storage.pushImage([2], tag: "b", to: name)
        #expect(
            try await storage.tags(in: name, limit: nil, after: nil).elements.map(\.description) == ["a", "b"])
        storage.index.state.withLock { $0.mayOpen = .now }
        _ = await storage.tendIndex()
        #expect(try tags(storage) == ["a", "b"])
        #expect(storage.index.isReady)
    }

    @Test("is true after many have pushed, moved and deleted at once")
    func concurrent() async throws {
        _ = await storage.tendIndex()
        try await withThrowingTaskGroup(of: Void.self) { [storage, name] group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<6 {
                        let digest = try await storage.pushImage(
                            [UInt8(worker), UInt8(round)], tag: "t\(round)", to: name)
                        if round % 3 == 2 { _ = try? await storage.deleteManifest(digest, in: name) }
                    }
                }
            }
            group.addTask { for _ in 0..<10 { _ = await storage.tendIndex() } }
            try await group.waitForAll()
        }
        _ = await storage.tendIndex()
        let indexed = try #require(try tags(storage))
        let reading = try RepositoryReading(name, generation: nil, layout: storage.layout)
        #expect(indexed == reading.tags.map(\.tag.description).sorted())
        #expect(try await storage.usage(of: name)?.manifests == reading.revisions.count)
    }

    @Test("counts pulls in memory and writes them together")
    func pulls() async throws {
        _ = await storage.tendIndex()
        let digest = try await storage.pushImage([1], tag: "a", to: name)
        for _ in 0..<3 { storage.notePull(of: digest, in: name, counts: true) }
        storage.notePull(of: digest, in: name, counts: false)
        _ = await storage.tendIndex()
        let pulls = storage.index.read { db in
            try db.first("SELECT pulls FROM revisions WHERE digest = ?", .blob(digest.bytes)) { $0.integer(0) }
        }
        #expect(pulls == 3)
    }

    @Test("keeps every digest of a manifest that we would refuse")
    func foreignManifests() throws {
        let digest = try #require(ContentHash.digest(of: [1]))
        let text = "{\"schemaVersion\":1,\"fsLayers\":[{\"blobSum\":\"\(digest)\"},{\"blobSum\":\"sha256:12\"}]}"
        let manifest = IndexedManifest(bytes: Array(text.utf8), digest: digest)
        #expect(manifest.references.map(\.target) == [digest])
        #expect(Digest(bytes: digest.bytes) == digest)
    }
}

import Foundation
import GRDB
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage

@Suite("Retention, as a collection carries it out")
struct RetentionTests {
    /// Lets go what it is given, and calls back in between.
    private struct Letting: TagRetention {
        var gone: Set<String>
        var meanwhile: @Sendable () -> Void = {}

        func concerns(_ repository: RepositoryName) -> Bool { repository.description == "team/app" }

        func verdicts(on tags: [TagFacts], in repository: RepositoryName, since: Int, now: Int) -> [TagVerdict] {
            meanwhile()
            return tags.map {
                TagVerdict(tag: $0.tag, isKept: !gone.contains($0.tag.description), reason: "rule")
            }
        }
    }

    private let folder: TemporaryFolder
    private let storage: FilesystemStorage
    private let name: RepositoryName
    private let now = CollectionPolicy(grace: .zero)

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path)
        name = try #require(RepositoryName("team/app"))
    }

    private func tags() async throws -> [String] {
        try await storage.tags(in: name, limit: nil, after: nil).elements.map(\.description)
    }

    @Test("removes the tags that go and what only they led to, and a dry run foretells exactly that")
    func removes() async throws {
        let child = try await storage.pushImage([1], tag: nil, to: name)
        let text = """
            {"schemaVersion":2,"mediaType":"\(MediaType.ociIndex)","manifests":[{"mediaType":"\(MediaType.ociManifest)",\
            "digest":"\(child)","size":1}]}
            """
        let index = try Manifest(bytes: Array(text.utf8))
        try await storage.put(
            index, as: #require(ContentHash.digest(of: index.bytes)), tags: [#require(RegistryTag("old"))], in: name)
        let both = try await storage.pushImage([2], tag: "older", to: name)
        try await storage.pushImage([2], tag: "kept", to: name)
        let untagged = try await storage.pushImage([3], tag: nil, to: name)
        let elsewhere = try #require(RepositoryName("other"))
        try await storage.pushImage([4], tag: "old", to: elsewhere)

        let told = Mutex<[CollectedItem]>([])
        let rule = Letting(gone: ["old", "older"])
        let dry = try await storage.collect(CollectionPolicy(grace: .zero, isDryRun: true), retention: rule) { item in
            told.withLock { $0.append(item) }
        }
        #expect(
            told.withLock { $0 }.filter { $0.kind == .tag }.map { "\($0.tag?.description ?? "") \($0.isKept)" }.sorted()
                == ["kept true", "old false", "older false"])
        #expect(try await tags() == ["kept", "old", "older"])
        let summary = try await storage.collect(now, retention: rule)
        #expect(summary == dry)
        // The index and its image; the layer of the image.
        #expect(summary.tags == 2 && summary.manifests == 2 && summary.links == 1 && summary.blobs == 3)
        #expect(try await tags() == ["kept"])
        // Another tag leads there; nobody ever tagged the other.
        for digest in [both, untagged] { _ = try await storage.manifest(.digest(digest), in: name) }
        #expect(try await storage.tags(in: elsewhere, limit: nil, after: nil).elements.count == 1)
        #expect(try await storage.collect(now, retention: rule) == CollectionSummary(examined: 7))
    }

    @Test("frees later what the grace period keeps now, unless it has a tag again")
    func grace() async throws {
        let first = try await storage.pushImage([1], tag: "a", to: name)
        let second = try await storage.pushImage([2], tag: "b", to: name)
        let summary = try await storage.collect(CollectionPolicy(), retention: Letting(gone: ["a", "b"]))
        #expect(summary.tags == 2 && summary.manifests == 0)
        try await storage.pushImage([2], tag: "again", to: name)
        let next = try FilesystemStorage(root: folder.path)
        #expect(try await next.collect(now, retention: Letting(gone: [])).manifests == 1)
        await #expect(throws: StorageError.self) { try await next.manifest(.digest(first), in: name) }
        _ = try await next.manifest(.digest(second), in: name)
    }

    @Test("spares a tag that is moved or pulled while it is decided, by us or behind our back")
    func overtaken() async throws {
        let moved = try await storage.pushImage([1], tag: "moved", to: name)
        let pulled = try await storage.pushImage([2], tag: "pulled", to: name)
        try await storage.pushImage([3], tag: "gone", to: name)
        let link = storage.layout.tagLink(try #require(RegistryTag("moved")), name)
        let rule = Letting(gone: ["moved", "pulled", "gone"]) { [storage, name] in
            try? Data(pulled.description.utf8).write(to: URL(fileURLWithPath: link))
            storage.notePull(of: pulled, in: name, counts: true)
        }
        #expect(try await storage.collect(now, retention: rule).tags == 1)
        #expect(try await tags() == ["moved", "pulled"])
        _ = moved
    }

    @Test("knows since when pulls are counted")
    func since() throws {
        let since = try #require(storage.index.countsPullsSince)
        #expect(abs(since - Int(Date().timeIntervalSince1970)) < 60)
    }
}

extension CollectionSummary {
    fileprivate init(examined: Int) {
        self.init()
        self.examined = examined
    }
}

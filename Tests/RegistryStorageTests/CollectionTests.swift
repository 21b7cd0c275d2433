import Foundation
import NIOCore
import RegistryModel
import Synchronization
import Testing

@testable import RegistryStorage

@Suite("A collection")
struct CollectionTests {
    private let folder: TemporaryFolder
    private let storage: FilesystemStorage
    private let name: RepositoryName
    private let now = CollectionPolicy(grace: .zero)

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path)
        name = try #require(RepositoryName("team/app"))
    }

    private func blobs() throws -> Int { try folder.files().filter { $0.contains("/blobs/") }.count }

    @Test("leaves what is referred to, and removes links and blobs that nothing names")
    func collects() async throws {
        let kept = try await storage.pushImage([1], tag: "a", to: name)
        let gone = try await storage.pushImage([2], tag: "b", to: name)
        _ = try await storage.deleteManifest(gone, in: name)
        try await storage.push([3], to: name)
        let dry = try await storage.collect(CollectionPolicy(grace: .zero, isDryRun: true))
        #expect(try blobs() == 6)
        let told = Shared<[CollectedItem]>([])
        let summary = try await storage.collect(now) { item in told.withLock { $0.append(item) } }
        // The manifest of b, its layer, and the blob that no manifest came for.
        #expect(summary.blobs == 3 && summary.links == 2 && summary.examined == 6)
        #expect(dry == summary)
        #expect(told.withLock { $0 }.count == 5)
        #expect(try blobs() == 3)
        #expect(try await storage.manifest(.digest(kept), in: name).digest == kept)
        #expect(try await storage.collect(now).blobs == 0)
    }

    @Test("spares what is young, and what a client was just told to be there")
    func grace() async throws {
        let blob = try await storage.push([1], to: name)
        let policy = CollectionPolicy(grace: .seconds(600))
        #expect(try await storage.collect(policy).young == 1)
        let old = Date(timeIntervalSinceNow: -7_200)
        for path in [storage.layout.blob(blob), storage.layout.layerLink(blob, name)] {
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        }
        _ = try await storage.blob(blob, in: name)
        #expect(try await storage.collect(policy).blobs == 0)
        for path in [storage.layout.blob(blob), storage.layout.layerLink(blob, name)] {
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        }
        let other = try #require(RepositoryName("other"))
        _ = try await storage.mount(blob, from: name, into: other)
        #expect(try await storage.collect(policy).blobs == 0)
        #expect(try await storage.blob(blob, in: other).size == 1)
    }

    @Test("removes untagged manifests when it is told to, but not what a tagged index or a kept subject needs")
    func untagged() async throws {
        let child = try await storage.pushImage([1], tag: nil, to: name)
        let text = """
            {"schemaVersion":2,"mediaType":"\(MediaType.ociIndex)","manifests":[{"mediaType":"\(MediaType.ociManifest)",\
            "digest":"\(child)","size":1}]}
            """
        let index = try Manifest(bytes: Array(text.utf8))
        try await storage.put(
            index, as: #require(ContentHash.digest(of: index.bytes)), tags: [#require(RegistryTag("multi"))], in: name)
        let subject = ",\"subject\":{\"mediaType\":\"\(MediaType.ociManifest)\",\"digest\":\"\(child)\",\"size\":1}"
        let signature = try await storage.pushImage([2], tag: nil, to: name, more: subject)
        let lost = try await storage.pushImage([3], tag: nil, to: name)
        #expect(try await storage.collect(now).manifests == 0)
        let dry = try await storage.collect(CollectionPolicy(grace: .zero, isDryRun: true, removesUntagged: true))
        let summary = try await storage.collect(CollectionPolicy(grace: .zero, removesUntagged: true))
        #expect(summary.manifests == 1 && summary.links == 1 && summary.blobs == 2)
        #expect(dry == summary)
        for digest in [child, signature] { _ = try await storage.manifest(.digest(digest), in: name) }
        await #expect(throws: StorageError.self) { try await storage.manifest(.digest(lost), in: name) }
    }

    @Test("makes empty repositories vanish, with the folders above that hold nothing else")
    func empty() async throws {
        let below = try #require(RepositoryName("team/app/below"))
        for repository in [name, below] {
            let digest = try await storage.pushImage([1], tag: "a", to: repository)
            _ = try await storage.deleteManifest(digest, in: repository)
        }
        let kept = try #require(RepositoryName("kept"))
        let image = try await storage.pushImage([1], tag: "a", to: kept)
        _ = try await storage.beginUpload(in: name, algorithm: .sha256)
        #expect(try await storage.collect(now).repositories == 1)
        #expect(try await storage.repositories(limit: nil, after: nil).elements == [kept, name])
        try FileManager.default.removeItem(atPath: storage.layout.uploads(name))
        #expect(try await storage.collect(now).repositories == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(storage.layout.repositories)/team"))
        #expect(try await storage.repositories(limit: nil, after: nil).elements == [kept])
        #expect(try await storage.manifest(.digest(image), in: kept).digest == image)
        try await storage.pushImage([1], tag: "b", to: name)
        #expect(try await storage.repositories(limit: nil, after: nil).elements == [kept, name])
    }

    @Test("goes on where it was broken off, in the next process too")
    func resumed() async throws {
        for number in 0..<40 { try await storage.push([UInt8(number)], to: name) }
        let first = Task { [storage, now] in
            try await storage.collect(now) { item in
                if item.kind == .blob { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        let breaker = Task { [storage] in
            while storage.index.collectionPlace?.hasPrefix("blobs/") != true { await Task.yield() }
            first.cancel()
        }
        _ = try? await first.value
        breaker.cancel()
        let next = try FilesystemStorage(root: folder.path)
        _ = try await next.collect(now)
        #expect(try blobs() == 0)
        #expect(next.index.collectionPlace == nil)
    }

    @Test("refuses to run twice at once, or on an index that is not complete")
    func refusals() async throws {
        storage.isCollecting.withLock { $0 = true }
        await #expect(throws: CollectionRefusal.alreadyRuns) { try await storage.collect(now) }
        storage.isCollecting.withLock { $0 = false }
        storage.index.state.withLock { state in
            state.database = nil
            state.mayOpen = .now + .seconds(60)
        }
        await #expect(throws: CollectionRefusal.indexIncomplete) { try await storage.collect(now) }
    }

    @Test("breaks no image while pushes, mounts, deletes and look-ups go on")
    func beside() async throws {
        let seconds = ProcessInfo.processInfo.environment["DOCKMASTER_GC_SECONDS"].flatMap(Int.init) ?? 5
        let end = ContinuousClock.now + .seconds(seconds)
        let pushed = Shared<[(RepositoryName, Digest)]>([])
        let isDone = Shared(false)
        storage.promise(for: .seconds(3))
        try await withThrowingTaskGroup(of: Void.self) { [storage] group in
            for worker in 0..<4 {
                group.addTask { [pushed] in
                    let own = try #require(RepositoryName("team/app\(worker)"))
                    let source = try #require(RepositoryName("team/app\((worker + 1) % 4)"))
                    var round = 0
                    while ContinuousClock.now < end {
                        round += 1
                        let begun = ContinuousClock.now
                        // Layers that others push and give up too, looked for first, as docker does.
                        let layer = [UInt8(round % 7)]
                        let digest = try #require(ContentHash.digest(of: layer))
                        let config = try await storage.push(Array("{}".utf8), to: own)
                        if (try? await storage.blob(digest, in: own)) == nil,
                            (try? await storage.mount(digest, from: source, into: own)) == nil
                        {
                            try await storage.push(layer, to: own)
                        }
                        let manifest = try Manifest(
                            bytes: Array(
                                imageText(config, digest, 1, ",\"annotations\":{\"n\":\"\(worker)-\(round)\"}").utf8))
                        let name = try #require(ContentHash.digest(of: manifest.bytes))
                        do {
                            try await storage.put(manifest, as: name, tags: [], in: own)
                        } catch {
                            // On a machine that stood still for longer than the grace period a client pushes anew.
                            guard begun.duration(to: .now) > .seconds(2) else { throw error }
                            continue
                        }
                        if round % 2 == 0 {
                            _ = try await storage.deleteManifest(name, in: own)
                        } else {
                            pushed.withLock { $0.append((own, name)) }
                        }
                    }
                }
            }
            let collector = Task { [isDone] in
                var runs = 0
                while !isDone.withLock({ $0 }) {
                    _ = try await storage.collect(CollectionPolicy(grace: .seconds(3)))
                    runs += 1
                }
                return runs
            }
            try await group.waitForAll()
            isDone.withLock { $0 = true }
            #expect(try await collector.value > 0)
        }
        try await Task.sleep(for: .seconds(2))
        _ = try await storage.collect(CollectionPolicy(grace: .zero))
        for (repository, digest) in pushed.withLock({ $0 }) {
            let stored = try await storage.manifest(.digest(digest), in: repository)
            let manifest = try Manifest(bytes: Array(stored.bytes.readableBytesView))
            for blob in manifest.requiredBlobs { _ = try await storage.blob(blob.digest, in: repository) }
        }
    }
}

/// A value that several tasks change.
private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        value.withLock { value in body(&value) }
    }
}

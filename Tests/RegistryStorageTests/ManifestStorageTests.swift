import NIOCore
import RegistryModel
import Testing

@testable import RegistryStorage

@Suite("Stored manifests")
struct ManifestStorageTests {
    private let folder: TemporaryFolder
    private let storage: FilesystemStorage
    private let name: RepositoryName

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path)
        name = try #require(RepositoryName("team/app"))
    }

    private func tag(_ text: String) throws -> RegistryTag { try #require(RegistryTag(text)) }

    @Test("follow a tag that moves, and keep what it left")
    func moves() async throws {
        let first = try await storage.pushImage([1], tag: "t", to: name)
        let second = try await storage.pushImage([2], tag: "t", to: name)
        #expect(try await storage.manifest(.tag(tag("t")), in: name).digest == second)
        #expect(try await storage.manifest(.digest(first), in: name).digest == first)
        #expect(try await storage.manifest(.digest(first), in: name).mediaType == MediaType.ociManifest)
    }

    @Test("are refused while something that they name is missing")
    func missing() async throws {
        let config = try await storage.push(Array("{}".utf8), to: name)
        let layer = try #require(ContentHash.digest(of: [7]))
        let other = try #require(RepositoryName("other"))
        try await storage.push([7], to: other)
        let manifest = try Manifest(bytes: Array(imageText(config, layer, 1).utf8))
        let digest = try #require(ContentHash.digest(of: manifest.bytes))
        await #expect {
            try await storage.put(manifest, as: digest, tags: [tag("t")], in: name)
        } throws: {
            if case StorageError.contentMissing([layer]) = $0 { true } else { false }
        }
        await #expect(throws: StorageError.self) { try await storage.manifest(.digest(digest), in: name) }
        _ = try await storage.mount(layer, from: other, into: name)
        try await storage.put(manifest, as: digest, tags: [tag("t")], in: name)
        #expect(try await storage.tags(in: name, limit: nil, after: nil).elements == [tag("t")])
    }

    @Test("are gone at once with all of their tags")
    func deleted() async throws {
        let digest = try await storage.pushImage([1], tag: "a", to: name)
        try await storage.pushImage([1], tag: "b", to: name)
        let other = try await storage.pushImage([2], tag: "c", to: name)
        #expect(try await storage.deleteManifest(digest, in: name) == [tag("a"), tag("b")])
        await #expect(throws: StorageError.self) { try await storage.manifest(.digest(digest), in: name) }
        await #expect(throws: StorageError.self) { try await storage.manifest(.tag(tag("a")), in: name) }
        #expect(try await storage.tags(in: name, limit: nil, after: nil).elements == [tag("c")])
        await #expect(throws: StorageError.self) { try await storage.deleteManifest(digest, in: name) }
        try await storage.deleteTag(tag("c"), in: name)
        #expect(try await storage.manifest(.digest(other), in: name).digest == other)
        await #expect(throws: StorageError.self) { try await storage.deleteTag(tag("c"), in: name) }
        // A folder that was deleted is made again, durably, by the next push.
        try await storage.pushImage([1], tag: "a", to: name)
        #expect(try await storage.manifest(.tag(tag("a")), in: name).digest == digest)
    }

    @Test("whose blob is unlinked are still named, and the blob is gone from the repository")
    func unlinked() async throws {
        try await storage.pushImage([1], tag: "a", to: name)
        let layer = try #require(ContentHash.digest(of: [1]))
        try await storage.deleteBlob(layer, in: name)
        await #expect(throws: StorageError.self) { try await storage.blob(layer, in: name) }
        await #expect(throws: StorageError.self) { try await storage.deleteBlob(layer, in: name) }
        #expect(try await storage.push([1], to: name) == layer)
        #expect(try await storage.blob(layer, in: name).size == 1)
    }

    @Test("deleted while they are pushed leave no tag that leads nowhere")
    func deletedDuringPush() async throws {
        let digest = try await storage.pushImage([1], tag: "t", to: name)
        let manifest = try Manifest(bytes: try await Array(buffer: storage.manifest(.digest(digest), in: name).bytes))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { [storage, name] in
                    for _ in 0..<25 {
                        try await storage.put(
                            manifest, as: digest, tags: [RegistryTag("t")].compactMap(\.self), in: name)
                    }
                }
                group.addTask { [storage, name] in
                    for _ in 0..<25 { _ = try? await storage.deleteManifest(digest, in: name) }
                }
            }
            try await group.waitForAll()
        }
        let tags = try await storage.tags(in: name, limit: nil, after: nil).elements
        for tag in tags { #expect(try await storage.manifest(.tag(tag), in: name).digest == digest) }
    }

    @Test(
        "that another registry has stored and we would refuse are served as they are",
        arguments: [
            (#"{"schemaVersion":1,"name":"a","tag":"t","signatures":[]}"#, MediaType.dockerSchema1Signed),
            (
                #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":null}"#,
                MediaType.ociManifest
            ),
            (#"{"schemaVersion":2,"manifests":null,"annotations":{"a":null}}"#, MediaType.ociIndex),
        ])
    func foreign(text: String, mediaType: String) async throws {
        let bytes = Array(text.utf8)
        let digest = try #require(ContentHash.digest(of: bytes))
        let layout = StorageLayout(root: folder.path)
        for (path, contents) in [
            (layout.blob(digest), bytes), (layout.revisionLink(digest, name), Array("\(digest)".utf8)),
        ] {
            var change = storage.change()
            try change.write(contents, at: path, isLasting: false)
            try change.sync()
        }
        let stored = try await storage.manifest(.digest(digest), in: name)
        #expect(stored.mediaType == mediaType)
        #expect(Array(buffer: stored.bytes) == bytes)
    }

    @Test("list their tags and repositories page by page")
    func pages() async throws {
        for text in ["b", "a", "B", "_", "1"] { try await storage.pushImage([1], tag: text, to: name) }
        let all = try await storage.tags(in: name, limit: nil, after: nil)
        #expect(all.elements.map(\.description) == ["1", "B", "_", "a", "b"] && all.isLast)
        let first = try await storage.tags(in: name, limit: 2, after: nil)
        #expect(first.elements.map(\.description) == ["1", "B"] && !first.isLast)
        let rest = try await storage.tags(in: name, limit: 3, after: "B")
        #expect(rest.elements.map(\.description) == ["_", "a", "b"] && rest.isLast)
        #expect(try await storage.tags(in: name, limit: 0, after: nil).elements.isEmpty)

        for text in ["a", "a-b", "a/b", "a/b/c", "z"] {
            try await storage.push([1], to: #require(RepositoryName(text)))
        }
        let names = ["a", "a/b", "a/b/c", "a-b", "team/app", "z"]
        #expect(try await storage.repositories(limit: nil, after: nil).elements.map(\.description) == names)
        var last: String?
        var paged: [String] = []
        while true {
            let page = try await storage.repositories(limit: 1, after: last)
            paged += page.elements.map(\.description)
            last = paged.last
            if page.isLast { break }
        }
        #expect(paged == names)
        #expect(try await storage.repositories(limit: 10, after: "a/b").elements.first?.description == "a/b/c")
        let nobody = try #require(RepositoryName("nobody"))
        await #expect(throws: StorageError.self) { try await storage.tags(in: nobody, limit: nil, after: nil) }
    }

    @Test("are found by what they refer to")
    func referrers() async throws {
        let image = try await storage.pushImage([1], tag: "a", to: name)
        let subject =
            ",\"artifactType\":\"x/sig\",\"annotations\":{\"k\":\"v\"},"
            + "\"subject\":{\"mediaType\":\"\(MediaType.ociManifest)\",\"digest\":\"\(image)\",\"size\":1}"
        let signature = try await storage.pushImage([2], tag: nil, to: name, more: subject)
        let found = try await storage.referrers(of: image, in: name)
        #expect(found.map(\.digest) == [signature])
        #expect(found.first?.artifactType == "x/sig" && found.first?.annotations == ["k": "v"])
        #expect(try await storage.referrers(of: signature, in: name).isEmpty)
        _ = try await storage.deleteManifest(signature, in: name)
        #expect(try await storage.referrers(of: image, in: name).isEmpty)
    }

    @Test("take the last of fifty writers that move one tag, while it is read and deleted")
    func races() async throws {
        var digests: [Digest] = []
        for index in 0..<10 { digests.append(try await storage.pushImage([UInt8(index)], tag: nil, to: name)) }
        let manifests = try await withThrowingTaskGroup(of: StoredManifest.self) { [storage, name] group in
            for digest in digests { group.addTask { try await storage.manifest(.digest(digest), in: name) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let moving = try tag("t")
        try await withThrowingTaskGroup(of: Void.self) { [storage, name] group in
            for index in 0..<50 {
                let manifest = manifests[index % manifests.count]
                group.addTask {
                    let parsed = try Manifest(bytes: Array(manifest.bytes.readableBytesView))
                    try await storage.put(parsed, as: manifest.digest, tags: [moving], in: name)
                }
                group.addTask { _ = try? await storage.deleteTag(moving, in: name) }
                group.addTask {
                    do {
                        _ = try await storage.manifest(.tag(moving), in: name)
                    } catch StorageError.manifestUnknown {}
                }
            }
            try await group.waitForAll()
        }
        let last = try Manifest(bytes: Array(manifests[0].bytes.readableBytesView))
        try await storage.put(last, as: manifests[0].digest, tags: [moving], in: name)
        #expect(try await storage.manifest(.tag(moving), in: name).digest == manifests[0].digest)
        #expect(try Disk.entries(of: storage.layout.staging)?.isEmpty == true)
    }
}

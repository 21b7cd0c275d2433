import RegistryModel
import Testing

@testable import RegistryStorage

@Suite("The layout on the disk")
struct LayoutTests {
    @Test("is distribution's, file by file, after a push")
    func golden() async throws {
        let folder = try TemporaryFolder()
        let storage = try FilesystemStorage(root: folder.path)
        let name = try #require(RepositoryName("team/app"))
        let digest = try await storage.pushImage(Array("layer".utf8), tag: "1.4", to: name)
        let layer = try #require(ContentHash.digest(of: Array("layer".utf8)))
        let config = try #require(ContentHash.digest(of: Array("{}".utf8)))
        let base = "docker/registry/v2"
        func blob(_ digest: Digest) -> String { "\(base)/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)/data" }
        let repository = "\(base)/repositories/team/app"
        let links = [
            "\(repository)/_layers/sha256/\(layer.hex)/link": layer,
            "\(repository)/_layers/sha256/\(config.hex)/link": config,
            "\(repository)/_manifests/revisions/sha256/\(digest.hex)/link": digest,
            "\(repository)/_manifests/tags/1.4/current/link": digest,
            "\(repository)/_manifests/tags/1.4/index/sha256/\(digest.hex)/link": digest,
        ]
        #expect(try folder.files() == (links.keys + [blob(digest), blob(layer), blob(config)]).sorted())
        for (path, digest) in links { #expect(try folder.read(path) == Array(digest.description.utf8)) }
        #expect(try folder.read(blob(layer)) == Array("layer".utf8))
    }

    @Test("of an upload has data, its beginning and the digest's state")
    func upload() async throws {
        let folder = try TemporaryFolder()
        let storage = try FilesystemStorage(root: folder.path, desk: SyncDesk(), stateStep: 1)
        let name = try #require(RepositoryName("a"))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        _ = try await storage.append(Body(Array("abc".utf8)), to: upload.id, in: name, at: nil, isLast: false)
        let base = "docker/registry/v2/repositories/a/_uploads/\(upload.id)"
        #expect(try folder.files() == ["\(base)/data", "\(base)/hashstates/sha256/3", "\(base)/startedat"])
        let start = String(decoding: try folder.read("\(base)/startedat"), as: UTF8.self)
        let seconds = try #require(WallClock.seconds(start))
        #expect(abs(seconds - WallClock.now()) < 60)
        #expect(try folder.read("\(base)/hashstates/sha256/3").count == 108)
    }

    @Test("that another registry has written is served, and noticed when it changes")
    func foreign() async throws {
        let folder = try TemporaryFolder()
        let storage = try FilesystemStorage(root: folder.path)
        let name = try #require(RepositoryName("a"))
        let tag = try #require(RegistryTag("t"))
        let first = try await storage.pushImage([1], tag: "t", to: name)
        let second = try await storage.pushImage([2], tag: nil, to: name)
        #expect(try await storage.manifest(.tag(tag), in: name).digest == first)
        // Written in place, as distribution does, behind our back.
        try folder.write("\(second)", to: "docker/registry/v2/repositories/a/_manifests/tags/t/current/link")
        #expect(try await storage.manifest(.tag(tag), in: name).digest == second)
        // An empty link, as a crash leaves it, is no link.
        try folder.write("", to: "docker/registry/v2/repositories/a/_manifests/tags/t/current/link")
        await #expect(throws: StorageError.self) { try await storage.manifest(.tag(tag), in: name) }
        try folder.write("other", to: "docker/registry/v2/blobs/sha256/\(first.hex.prefix(2))/\(first.hex)/data")
        await #expect(throws: StorageError.self) { try await storage.manifest(.digest(first), in: name) }
    }

    @Test(
        "reads times of every zone",
        arguments: [
            ("2026-11-24T16:33:01Z", 1795537981), ("2026-11-24T17:33:01+01:00", 1795537981),
            ("2026-11-24T16:33:01.123456Z", 1795537981), ("1970-01-01T00:00:00Z", 0),
        ])
    func times(text: String, seconds: Int) {
        #expect(WallClock.seconds(text) == seconds)
    }
}

import Glibc
import RegistryModel
import Testing

@testable import RegistryStorage

@Suite("The storage's syncs")
struct SyncTests {
    private let folder: TemporaryFolder
    private let desk = SyncDesk()
    private let storage: FilesystemStorage
    private let name: RepositoryName

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path, desk: desk)
        name = try #require(RepositoryName("team/app"))
    }

    private func spent(_ body: () async throws -> Void) async rethrows -> SyncDesk.Count {
        let before = desk.count
        try await body()
        let after = desk.count
        return SyncDesk.Count(
            files: after.files - before.files, folders: after.folders - before.folders,
            shared: after.shared - before.shared)
    }

    /// The first text of a series whose digest begins with 00, so that all content shares one folder of two hex digits.
    private func text(_ make: (Int) -> String) throws -> [UInt8] {
        for number in 0..<100_000 {
            let bytes = Array(make(number).utf8)
            if ContentHash.digest(of: bytes)?.hex.hasPrefix("00") == true { return bytes }
        }
        throw StorageError.stopping
    }

    private func push(_ kind: String, tag: String) async throws {
        let config = try await storage.push(text { "{\"\(kind)\":\($0)}" }, to: name)
        let layer = try await storage.push(text { "layer \(kind) \($0)" }, to: name)
        let manifest = try Manifest(bytes: text { imageText(config, layer, 9, ",\"annotations\":{\"n\":\"\($0)\"}") })
        let digest = try #require(ContentHash.digest(of: manifest.bytes))
        try await storage.put(manifest, as: digest, tags: [try #require(RegistryTag(tag))], in: name)
    }

    /// Distribution spends 40. A blob: its bytes, its link, and the four folders that get a name. The manifest: its bytes,
    /// three links, and the folders of the blob (2), the revision (2) and the tag (3).
    @Test("of a one-layer push with a new tag are 23, eight of files and fifteen of folders")
    func image() async throws {
        try await push("first", tag: "one")
        let count = try await spent { try await push("second", tag: "two") }
        #expect(count == SyncDesk.Count(files: 8, folders: 15, shared: 0))
    }

    @Test(
        "of a tag that moves to a manifest that is there are three: the history's link, the tag's, and the tag's folder"
    )
    func move() async throws {
        try await push("first", tag: "one")
        try await push("second", tag: "one")
        let count = try await spent { try await push("first", tag: "one") }
        // Both blobs were uploaded once more: bytes and folder each; link and parents stand.
        #expect(count.files - 2 == 1)
        #expect(count.folders <= 6, "\(count)")
    }

    @Test("of a small chunk are none, and of its commit no more than of any other")
    func chunk() async throws {
        try await push("first", tag: "one")
        let digest = try #require(ContentHash.digest(of: [1, 2]))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        let chunks = try await spent {
            _ = try await storage.append(Body([1]), to: upload.id, in: name, at: 0, isLast: false)
            _ = try await storage.append(Body([2]), to: upload.id, in: name, at: 1, isLast: false)
        }
        #expect(chunks == SyncDesk.Count())
        let commit = try await spent { _ = try await storage.commit(upload.id, in: name, as: digest) }
        #expect(commit.files == 2)
    }

    @Test(
        "of one folder that many want at once are shared, and none returns before one that began after it was asked for"
    )
    func shared() async throws {
        let desk = SyncDesk()
        let pool = BlockingPool(threads: 16)
        let path = folder.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<400 {
                group.addTask { try await pool.run { () throws(StorageError) in try desk.sync(folder: path) } }
            }
            try await group.waitForAll()
        }
        let count = desk.count
        #expect(count.folders + count.shared == 400)
        #expect(count.shared > 0, "16 threads at once: \(count)")
    }

    @Test("that fail fail for all who shared them, and not for those who come later")
    func failing() async throws {
        let desk = SyncDesk()
        let path = "\(folder.path)/file"
        try folder.write("no folder", to: "file")
        // A file where a folder is expected counts as gone; a path through a loop of links is an error.
        try desk.sync(folder: path)
        let loop = "\(folder.path)/loop"
        try #require(symlinked(loop, to: loop))
        #expect(throws: StorageError.self) { try desk.sync(folder: loop) }
        try Disk.remove(loop)
        try desk.sync(folder: loop)
    }

    private func symlinked(_ path: String, to target: String) -> Bool { symlink(target, path) == 0 }
}

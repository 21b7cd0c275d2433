import Foundation
import NIOCore
import RegistryModel
import Testing

@testable import RegistryStorage

@Suite("An upload")
struct UploadTests {
    private let folder: TemporaryFolder
    private let storage: FilesystemStorage
    private let name: RepositoryName
    private let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    init() throws {
        folder = try TemporaryFolder()
        storage = try FilesystemStorage(root: folder.path, desk: SyncDesk(), stateStep: 1)
        name = try #require(RepositoryName("team/app"))
    }

    private func read(_ digest: Digest, _ storage: FilesystemStorage) async throws -> [UInt8] {
        let reader = try await storage.open(digest, in: name)
        var bytes: [UInt8] = []
        while bytes.count < reader.info.size {
            let part = try await reader.read(at: bytes.count, count: 100_000)
            guard part.readableBytes > 0 else { break }
            bytes += part.readableBytesView
        }
        return bytes
    }

    @Test("in chunks gives the very bytes")
    func chunks() async throws {
        let digest = try #require(ContentHash.digest(of: content))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        for start in stride(from: 0, to: content.count, by: 300_000) {
            let part = Array(content[start..<min(start + 300_000, content.count)])
            let now = try await storage.append(Body(part), to: upload.id, in: name, at: start, isLast: false)
            #expect(now.size == start + part.count)
        }
        _ = try await storage.commit(upload.id, in: name, as: digest)
        #expect(try await read(digest, storage) == content)
        await #expect(throws: StorageError.self) { try await storage.upload(upload.id, in: name) }
    }

    @Test("goes on after a restart from the saved state")
    func resumed() async throws {
        let digest = try #require(ContentHash.digest(of: content))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        _ = try await storage.append(Body(Array(content[..<400_000])), to: upload.id, in: name, at: 0, isLast: false)
        // What was received is not read again: the state alone counts, so a change of the bytes goes unseen here.
        let path = "\(folder.path)/docker/registry/v2/repositories/team/app/_uploads/\(upload.id)/data"
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.write(contentsOf: Data([0xEE]))
        try handle.close()
        let later = try FilesystemStorage(root: folder.path)
        #expect(try await later.upload(upload.id, in: name).size == 400_000)
        _ = try await later.append(
            Body(Array(content[400_000...])), to: upload.id, in: name, at: 400_000, isLast: false)
        _ = try await later.commit(upload.id, in: name, as: digest)
        #expect(try await read(digest, later).dropFirst() == content.dropFirst())
    }

    @Test("that a crash cut off between two states reads only what follows the last one")
    func cut() async throws {
        let digest = try #require(ContentHash.digest(of: content))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        _ = try await storage.append(Body(Array(content[..<100_000])), to: upload.id, in: name, at: 0, isLast: false)
        let path = "\(folder.path)/docker/registry/v2/repositories/team/app/_uploads/\(upload.id)/data"
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(content[100_000..<250_000]))
        try handle.close()
        let later = try FilesystemStorage(root: folder.path)
        _ = try await later.append(Body(Array(content[250_000...])), to: upload.id, in: name, at: 250_000, isLast: true)
        _ = try await later.commit(upload.id, in: name, as: digest)
        #expect(try await read(digest, later) == content)
    }

    @Test("keeps what arrived when the client's body breaks off")
    func broken() async throws {
        let digest = try #require(ContentHash.digest(of: content))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        await #expect {
            _ = try await storage.append(
                Body(Array(content[..<600_000]), fails: true), to: upload.id, in: name, at: 0, isLast: false)
        } throws: {
            if case StorageError.bodyFailed = $0 { true } else { false }
        }
        #expect(try await storage.upload(upload.id, in: name).size == 600_000)
        _ = try await storage.append(
            Body(Array(content[600_000...])), to: upload.id, in: name, at: 600_000, isLast: false)
        _ = try await storage.commit(upload.id, in: name, as: digest)
        #expect(try await read(digest, storage) == content)
    }

    @Test("refuses a chunk that does not begin at its end")
    func gap() async throws {
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        _ = try await storage.append(Body([1, 2, 3]), to: upload.id, in: name, at: 0, isLast: false)
        for offset in [0, 2, 4, 100] {
            await #expect {
                _ = try await storage.append(Body([9]), to: upload.id, in: name, at: offset, isLast: false)
            } throws: {
                if case StorageError.offsetMismatch(expected: 3, given: offset) = $0 { true } else { false }
            }
        }
        #expect(try await storage.upload(upload.id, in: name).size == 3)
    }

    @Test("with another digest than announced is kept for one retry")
    func mismatch() async throws {
        let right = try #require(ContentHash.digest(of: [1, 2, 3]))
        let wrong = try #require(ContentHash.digest(of: [1, 2]))
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        _ = try await storage.append(Body([1, 2, 3]), to: upload.id, in: name, at: 0, isLast: false)
        await #expect {
            _ = try await storage.commit(upload.id, in: name, as: wrong)
        } throws: {
            if case StorageError.digestMismatch(expected: wrong, computed: right) = $0 { true } else { false }
        }
        await #expect(throws: StorageError.self) { try await storage.blob(wrong, in: name) }
        #expect(try await storage.commit(upload.id, in: name, as: right).size == 3)
    }

    @Test("by SHA-512 works whether it was announced or not", arguments: DigestAlgorithm.allCases)
    func sha512(announced: DigestAlgorithm) async throws {
        let digest = try #require(ContentHash.digest(of: content, .sha512))
        let upload = try await storage.beginUpload(in: name, algorithm: announced)
        _ = try await storage.append(Body(Array(content[..<500_000])), to: upload.id, in: name, at: 0, isLast: false)
        let later = try FilesystemStorage(root: folder.path)
        _ = try await later.append(
            Body(Array(content[500_000...])), to: upload.id, in: name, at: 500_000, isLast: false)
        #expect(try await later.commit(upload.id, in: name, as: digest).digest == digest)
        #expect(try await read(digest, later) == content)
    }

    @Test("of nothing is a blob too")
    func empty() async throws {
        let digest = try await storage.push([], to: name)
        #expect(try await storage.blob(digest, in: name).size == 0)
        #expect(try await read(digest, storage) == [])
    }

    @Test("on a full disk ends in .noSpace and gives its space back")
    func full() async throws {
        let upload = try await storage.beginUpload(in: name, algorithm: .sha256)
        let uploadFolder = "\(folder.path)/docker/registry/v2/repositories/team/app/_uploads/\(upload.id)"
        // A device on which every write fails for want of space.
        try FileManager.default.removeItem(atPath: "\(uploadFolder)/data")
        try FileManager.default.createSymbolicLink(atPath: "\(uploadFolder)/data", withDestinationPath: "/dev/full")
        await #expect {
            _ = try await storage.append(Body(content), to: upload.id, in: name, at: 0, isLast: false)
        } throws: {
            if case StorageError.noSpace = $0 { true } else { false }
        }
        #expect(!FileManager.default.fileExists(atPath: uploadFolder))
    }

    @Test("of one blob by many at once gives one blob and leaves nothing else")
    func concurrent() async throws {
        let digest = try #require(ContentHash.digest(of: content))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask { [storage, content] in
                    let name = try #require(RepositoryName("r\(index % 4)"))
                    #expect(try await storage.push(content, to: name) == digest)
                }
            }
            try await group.waitForAll()
        }
        let files = try folder.files()
        #expect(files.count == 5)
        #expect(files.filter { $0.hasSuffix("/data") }.count == 1)
    }

    @Test("is purged when it is old and nobody writes to it")
    func purge() async throws {
        let old = try await storage.beginUpload(in: name, algorithm: .sha256)
        let young = try await storage.beginUpload(in: name, algorithm: .sha256)
        let base = "docker/registry/v2/repositories/team/app/_uploads"
        try folder.write("2020-01-01T00:00:00Z", to: "\(base)/\(old.id)/startedat")
        let planned = try await storage.purgeUploads(olderThan: .seconds(3_600), dryRun: true)
        #expect(planned.map(\.id) == [old.id.description])
        #expect(planned.first?.repository == "team/app")
        #expect(try await storage.upload(old.id, in: name).size == 0)
        #expect(try await storage.purgeUploads(olderThan: .seconds(3_600), dryRun: false).count == 1)
        await #expect(throws: StorageError.self) { try await storage.upload(old.id, in: name) }
        #expect(try await storage.upload(young.id, in: name).size == 0)
    }
}

import Foundation
import NIOCore
import RegistryModel
import Testing

@testable import RegistryStorage

/// A folder for one test, gone at its end, and shorthand for what tests do in it.
final class TemporaryFolder: Sendable {
    let path = "/tmp/dockmaster-storage-\(getpid())-\(UploadID())"

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }

    func write(_ text: String, to name: String) throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Every file but the index's, sorted, relative to the folder.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue && !name.contains("/.index/")
        }.sorted()
    }
}

/// A body of buffers, ended by an error if one is given.
struct Body: AsyncSequence, Sendable {
    struct BrokenOff: Error {}

    struct Iterator: AsyncIteratorProtocol {
        var parts: [ByteBuffer]
        var fails: Bool

        mutating func next() async throws -> ByteBuffer? {
            if parts.isEmpty {
                if fails { throw BrokenOff() }
                return nil
            }
            return parts.removeFirst()
        }
    }

    var parts: [ByteBuffer]
    var fails = false

    init(_ bytes: [UInt8], partSize: Int = 10_000, fails: Bool = false) {
        parts = stride(from: 0, to: bytes.count, by: partSize).map {
            ByteBuffer(bytes: bytes[$0..<Swift.min($0 + partSize, bytes.count)])
        }
        self.fails = fails
    }

    func makeAsyncIterator() -> Iterator { Iterator(parts: parts, fails: fails) }
}

extension FilesystemStorage {
    /// Pushes a blob in one go.
    @discardableResult
    func push(_ bytes: [UInt8], to repository: RepositoryName) async throws -> Digest {
        let digest = try #require(ContentHash.digest(of: bytes))
        let upload = try await beginUpload(in: repository, algorithm: .sha256)
        _ = try await append(Body(bytes), to: upload.id, in: repository, at: 0, isLast: true)
        _ = try await commit(upload.id, in: repository, as: digest)
        return digest
    }

    /// Pushes an image of one layer.
    @discardableResult
    func pushImage(_ layer: [UInt8], tag: String?, to repository: RepositoryName, more: String = "") async throws
        -> Digest
    {
        let layerDigest = try await push(layer, to: repository)
        let config = try await push(Array("{}".utf8), to: repository)
        let manifest = try Manifest(bytes: Array(imageText(config, layerDigest, layer.count, more).utf8))
        let digest = try #require(ContentHash.digest(of: manifest.bytes))
        try await put(
            manifest, as: digest, tags: [tag].compactMap { $0.flatMap { RegistryTag($0) } }, in: repository)
        return digest
    }
}

func imageText(_ config: Digest, _ layer: Digest, _ size: Int, _ more: String = "") -> String {
    """
    {"schemaVersion":2,"mediaType":"\(MediaType.ociManifest)",\
    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\(config)","size":2},\
    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"\(layer)","size":\(size)}]\(more)}
    """
}

package import NIOCore
package import RegistryModel

/// A blob's name and length.
package struct BlobInfo: Sendable, Hashable {
    package var digest: Digest
    package var size: Int

    package init(digest: Digest, size: Int) {
        self.digest = digest
        self.size = size
    }
}

/// An open blob. It can be read to its end even when it is deleted meanwhile. One read at a time.
package protocol BlobReader: Sendable {
    var info: BlobInfo { get }

    /// Up to `count` bytes at an offset; fewer only at the end.
    func read(at offset: Int, count: Int) async throws(StorageError) -> ByteBuffer
}

/// Blobs as repositories hold them: a blob is seen only through a repository that links it.
package protocol BlobStore: Sendable {
    /// - Throws: `.blobUnknown` when the repository does not link the blob, or the blob itself is gone.
    func blob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> BlobInfo

    /// - Throws: as `blob(_:in:)`.
    func open(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> any BlobReader

    /// Links a blob of one repository into another, durably, without copying it.
    /// - Throws: `.blobUnknown` when the source does not hold it.
    func mount(
        _ digest: Digest, from source: RepositoryName, into repository: RepositoryName
    ) async throws(StorageError) -> BlobInfo

    /// Removes a repository's link, durably; the blob itself is left to collection.
    /// - Throws: `.blobUnknown` when there is no link.
    func deleteBlob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError)
}

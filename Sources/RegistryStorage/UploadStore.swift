package import NIOCore
package import RegistryModel

/// An upload that is not finished.
package struct Upload: Sendable, Hashable {
    package var id: UploadID
    /// How many bytes it has: where the next chunk begins.
    package var size: Int

    package init(id: UploadID, size: Int) {
        self.id = id
        self.size = size
    }
}

/// An upload that was given up, as the purge tells of it.
package struct PurgedUpload: Sendable, Hashable {
    package var repository: String
    package var id: String
    package var size: Int
    /// Since it began.
    package var age: Duration
}

/// A request's body as a stream of buffers.
package typealias UploadBody = AsyncSequence<ByteBuffer, any Error> & Sendable

/// Uploads in progress. One request at a time writes to an upload; others get `.uploadBusy`.
package protocol UploadStore: Sendable {
    /// - Parameter algorithm: the digest that will name the content; another one at the end costs a reading of the data.
    func beginUpload(
        in repository: RepositoryName, algorithm: DigestAlgorithm
    ) async throws(StorageError) -> Upload

    /// - Throws: `.uploadUnknown`.
    func upload(_ id: UploadID, in repository: RepositoryName) async throws(StorageError) -> Upload

    /// Adds a body to an upload, hashed and written while more of it arrives, in bounded memory.
    /// - Parameters:
    ///   - offset: where the body must begin; nil takes it at the end.
    ///   - isLast: the commit follows at once, so nothing is made ready for a pause.
    /// - Throws: `.offsetMismatch` before anything is read; `.noSpace` after the upload was removed; `.bodyFailed` when the body
    ///   ends in an error (what arrived is kept).
    func append(
        _ body: some UploadBody, to id: UploadID, in repository: RepositoryName, at offset: Int?, isLast: Bool
    ) async throws(StorageError) -> Upload

    /// Makes an upload visible under its digest.
    /// - Durable: file, folders and link are synced before this returns.
    /// - Throws: `.digestMismatch` (the upload is kept for one retry).
    func commit(
        _ id: UploadID, in repository: RepositoryName, as digest: Digest
    ) async throws(StorageError) -> BlobInfo

    /// - Throws: `.uploadUnknown`.
    func cancelUpload(_ id: UploadID, in repository: RepositoryName) async throws(StorageError)

    /// Removes uploads that began longer ago than `age` and that nobody writes to.
    func purgeUploads(olderThan age: Duration, dryRun: Bool) async throws(StorageError) -> [PurgedUpload]
}

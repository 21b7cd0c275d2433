package import RegistryModel

extension FilesystemStorage {
    /// Reads an upload while it is being written, as far as it has come; it can be read to its end when it is committed meanwhile.
    /// For a cache that serves what it is still fetching.
    /// - Throws: `.uploadUnknown`.
    package func reader(
        of id: UploadID, in repository: RepositoryName, as info: BlobInfo
    ) async throws(StorageError) -> any BlobReader {
        try await reads.run { [self] () throws(StorageError) -> any BlobReader in
            guard let file = try OpenFile(layout.uploadData(id, repository), .read) else { throw .uploadUnknown(id) }
            return FileBlobReader(file: file, info: info, pool: reads)
        }
    }
}

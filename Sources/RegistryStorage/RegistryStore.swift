/// All that the registry asks of its storage. The file system is the first to give it.
package protocol RegistryStore: BlobStore, UploadStore, ManifestStore, TagStore {
    /// Whether the storage can take a push, for health checks.
    /// - Throws: what stands in the way.
    func checkWritable() async throws(StorageError)
}

/// What a repository holds.
package struct RepositoryUsage: Sendable, Equatable {
    package var tags: Int
    package var manifests: Int
    /// Blobs that it links.
    package var blobs: Int
    /// Bytes of these, each counted once, though other repositories may share them.
    package var bytes: Int

    package init(tags: Int, manifests: Int, blobs: Int, bytes: Int) {
        self.tags = tags
        self.manifests = manifests
        self.blobs = blobs
        self.bytes = bytes
    }
}

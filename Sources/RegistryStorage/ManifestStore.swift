package import NIOCore
package import RegistryModel

/// A manifest as it is served.
package struct StoredManifest: Sendable {
    package var digest: Digest
    package var mediaType: String
    /// The very bytes that were pushed.
    package var bytes: ByteBuffer
    package var layerCount: Int
    /// Bytes of config and layers together, as the manifest says.
    package var contentSize: Int
    package var kind: Manifest.Kind

    package init(_ manifest: Manifest, digest: Digest) {
        self.digest = digest
        mediaType = manifest.mediaType
        bytes = ByteBuffer(bytes: manifest.bytes)
        layerCount = manifest.layers.count
        contentSize = manifest.contentSize
        kind = manifest.kind
    }

    /// One that another registry stored, served as it is.
    package init(_ foreign: ForeignManifest, bytes: [UInt8], digest: Digest) {
        self.digest = digest
        mediaType = foreign.mediaType
        self.bytes = ByteBuffer(bytes: bytes)
        layerCount = 0
        contentSize = 0
        kind = .image
    }
}

/// Manifests of repositories.
package protocol ManifestStore: Sendable {
    /// - Throws: `.manifestUnknown`, or `.corrupt` when the bytes on the disk are not the digest's.
    func manifest(_ reference: Reference, in repository: RepositoryName) async throws(StorageError) -> StoredManifest

    /// Stores a manifest under its digest, and moves the tags to it.
    /// - Durable: everything is synced before this returns, and what a tag leads to before the tag moves.
    /// - Throws: `.contentMissing` when the repository lacks a blob or manifest that it names.
    func put(
        _ manifest: Manifest, as digest: Digest, tags: [Tag], in repository: RepositoryName
    ) async throws(StorageError)

    /// Removes a manifest and every tag that leads to it, at once and durably; blobs are left to collection.
    /// - Returns: the tags that are gone with it.
    /// - Throws: `.manifestUnknown`.
    func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Tag]

    /// What refers to a digest (which need not exist), by digest.
    func referrers(of digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Descriptor]

    /// Notes that somebody has pulled a manifest, or relies on its being there. Never waits.
    /// - Parameter counts: false for a HEAD.
    func notePull(of digest: Digest, in repository: RepositoryName, counts: Bool)
}

import HTTPService
import NIOCore
import RegistryModel
import RegistryStorage

/// A storage whose calls are timed, under the words of distribution's drivers.
struct MeteredStorage: RegistryStore {
    let storage: any RegistryStore
    let metrics: RegistryMetrics

    private func timed<Value>(
        _ action: String, _ body: () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let start = ContinuousClock.now
        defer { metrics.note(action: action, took: start.duration(to: .now)) }
        return try await body()
    }

    func blob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> BlobInfo {
        try await timed("Stat") { () async throws(StorageError) in try await storage.blob(digest, in: repository) }
    }

    func open(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> any BlobReader {
        try await timed("Reader") { () async throws(StorageError) in try await storage.open(digest, in: repository) }
    }

    func mount(
        _ digest: Digest, from source: RepositoryName, into repository: RepositoryName
    ) async throws(StorageError) -> BlobInfo {
        try await timed("PutContent") { () async throws(StorageError) in
            try await storage.mount(digest, from: source, into: repository)
        }
    }

    func deleteBlob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) {
        try await timed("Delete") { () async throws(StorageError) in
            try await storage.deleteBlob(digest, in: repository)
        }
    }

    func beginUpload(
        in repository: RepositoryName, algorithm: DigestAlgorithm
    ) async throws(StorageError) -> Upload {
        try await timed("PutContent") { () async throws(StorageError) in
            try await storage.beginUpload(in: repository, algorithm: algorithm)
        }
    }

    func upload(_ id: UploadID, in repository: RepositoryName) async throws(StorageError) -> Upload {
        try await timed("Stat") { () async throws(StorageError) in try await storage.upload(id, in: repository) }
    }

    /// With the time that the client takes to send.
    func append(
        _ body: some UploadBody, to id: UploadID, in repository: RepositoryName, at offset: Int?, isLast: Bool
    ) async throws(StorageError) -> Upload {
        try await timed("Writer") { () async throws(StorageError) in
            try await storage.append(body, to: id, in: repository, at: offset, isLast: isLast)
        }
    }

    func commit(
        _ id: UploadID, in repository: RepositoryName, as digest: Digest
    ) async throws(StorageError) -> BlobInfo {
        try await timed("Move") { () async throws(StorageError) in
            try await storage.commit(id, in: repository, as: digest)
        }
    }

    func cancelUpload(_ id: UploadID, in repository: RepositoryName) async throws(StorageError) {
        try await timed("Delete") { () async throws(StorageError) in
            try await storage.cancelUpload(id, in: repository)
        }
    }

    func purgeUploads(olderThan age: Duration, dryRun: Bool) async throws(StorageError) -> [PurgedUpload] {
        try await timed("Walk") { () async throws(StorageError) in
            try await storage.purgeUploads(olderThan: age, dryRun: dryRun)
        }
    }

    func manifest(
        _ reference: Reference, in repository: RepositoryName
    ) async throws(StorageError) -> StoredManifest {
        try await timed("GetContent") { () async throws(StorageError) in
            try await storage.manifest(reference, in: repository)
        }
    }

    func put(
        _ manifest: Manifest, as digest: Digest, tags: [Tag], in repository: RepositoryName
    ) async throws(StorageError) {
        try await timed("PutContent") { () async throws(StorageError) in
            try await storage.put(manifest, as: digest, tags: tags, in: repository)
        }
    }

    func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Tag] {
        try await timed("Delete") { () async throws(StorageError) in
            try await storage.deleteManifest(digest, in: repository)
        }
    }

    func referrers(of digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Descriptor] {
        try await timed("List") { () async throws(StorageError) in
            try await storage.referrers(of: digest, in: repository)
        }
    }

    func tags(of digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Tag] {
        try await timed("List") { () async throws(StorageError) in try await storage.tags(of: digest, in: repository) }
    }

    func usage(of repository: RepositoryName) async throws(StorageError) -> RepositoryUsage? {
        try await storage.usage(of: repository)
    }

    func notePull(of digest: Digest, in repository: RepositoryName, counts: Bool) {
        storage.notePull(of: digest, in: repository, counts: counts)
    }

    func tags(
        in repository: RepositoryName, limit: Int?, after last: String?
    ) async throws(StorageError) -> Page<Tag> {
        try await timed("List") { () async throws(StorageError) in
            try await storage.tags(in: repository, limit: limit, after: last)
        }
    }

    func deleteTag(_ tag: Tag, in repository: RepositoryName) async throws(StorageError) {
        try await timed("Delete") { () async throws(StorageError) in
            try await storage.deleteTag(tag, in: repository)
        }
    }

    func repositories(limit: Int?, after last: String?) async throws(StorageError) -> Page<RepositoryName> {
        try await timed("List") { () async throws(StorageError) in
            try await storage.repositories(limit: limit, after: last)
        }
    }

    func checkWritable() async throws(StorageError) {
        try await storage.checkWritable()
    }
}

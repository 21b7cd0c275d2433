package import RegistryModel
import TextFormats

extension FilesystemStorage {
    /// Does what the index has to do in the background: to be called when `index.wakes` says so, and again after a pause
    /// while it returns true.
    package func tendIndex() async -> Bool {
        do throws(StorageError) {
            let overtaken = try await indexing.run { [index] () throws(StorageError) in try index.tend() }
            // Whoever is changed faster than it is read is read under its lock.
            for repository in overtaken {
                try await locks.exclusive(repository, on: indexing) { [index] () throws(StorageError) in
                    _ = try index.refresh([repository])
                }
            }
            for repository in index.quietRepositories() {
                try await locks.exclusive(repository, on: indexing) { [index] () throws(StorageError) in
                    try index.settle(repository)
                }
            }
            try await indexing.run { [index] () throws(StorageError) in index.writePulls() }
        } catch {
            index.notify(
                StorageNotice(
                    level: .warning, event: "index_behind", sentence: "the index cannot read the folder: \(error)"))
        }
        return index.hasMore
    }

    /// Notes that somebody has pulled a manifest, or relies on its being there.
    /// - Parameter counts: false for a HEAD.
    package func notePull(of digest: Digest, in repository: RepositoryName, counts: Bool) {
        if index.pulls.note(digest, in: repository, counts: counts, at: UTCTime.now().seconds) { index.wakeUp() }
    }

    /// What a repository holds, from the index; nil while it is being read.
    package func usage(of repository: RepositoryName) async throws(StorageError) -> RepositoryUsage? {
        try await reads.run { [self] () throws(StorageError) in
            if let known = try index.usage(of: repository) { return known }
            // What has nothing yet has no rows either.
            return try exists(repository) ? nil : RepositoryUsage(tags: 0, manifests: 0, blobs: 0, bytes: 0)
        }
    }
}

import NIOCore
package import RegistryModel

extension FilesystemStorage {
    package func blob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> BlobInfo {
        let vouched = try await reads.run { [self] () throws(StorageError) -> BlobInfo? in
            let info = try linkedBlob(digest, repository)
            return try isVouched(digest, repository) ? info : nil
        }
        if let vouched { return vouched }
        // Whoever is told that the blob is there may rely on it for a while: collection must see that.
        return try await locks.shared(repository, on: writes) { [self] () throws(StorageError) in
            try guards.shared(digest) { () throws(StorageError) in
                let info = try linkedBlob(digest, repository)
                vouch(digest, repository)
                return info
            }
        }
    }

    package func open(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) -> any BlobReader {
        try await reads.run { [self] () throws(StorageError) in
            guard try link(at: layout.layerLink(digest, repository)) == digest,
                let file = try OpenFile(layout.blob(digest), .read)
            else { throw .blobUnknown(digest) }
            let size = try file.size()
            return FileBlobReader(file: file, info: BlobInfo(digest: digest, size: size), pool: reads)
        }
    }

    package func mount(
        _ digest: Digest, from source: RepositoryName, into repository: RepositoryName
    ) async throws(StorageError) -> BlobInfo {
        try await locks.shared(repository, on: writes) { [self] () throws(StorageError) in
            try guards.shared(digest) { () throws(StorageError) in
                let info = try linkedBlob(digest, source)
                return try index.changing(repository) { () throws(StorageError) in
                    var change = change()
                    try writeLink(to: digest, at: layout.layerLink(digest, repository), &change)
                    // The blob may be another request's that is still being synced.
                    change.confirm(file: layout.blob(digest))
                    try change.sync()
                    vouch(digest, repository)
                    return (info, [.layer(info)])
                }
            }
        }
    }

    package func deleteBlob(_ digest: Digest, in repository: RepositoryName) async throws(StorageError) {
        try await locks.exclusive(repository, on: writes) { [self] () throws(StorageError) in
            guard try Disk.exists(layout.layerFolder(digest, repository)) else { throw .blobUnknown(digest) }
            try index.changing(repository) { () throws(StorageError) in
                _ = try discard(layout.layerFolder(digest, repository))
                return ((), [.layerGone(digest)])
            }
        }
    }

    /// A blob through its repository's link.
    func linkedBlob(_ digest: Digest, _ repository: RepositoryName) throws(StorageError) -> BlobInfo {
        guard try link(at: layout.layerLink(digest, repository)) == digest,
            let stamp = try Disk.stamp(layout.blob(digest))
        else { throw .blobUnknown(digest) }
        return BlobInfo(digest: digest, size: stamp.size)
    }
}

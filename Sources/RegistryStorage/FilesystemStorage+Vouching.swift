import Glibc
import RegistryModel
import Synchronization

/// What a client has just been told to be there must survive the grace period of collection: links and blobs say by their
/// modification time when that was last. On the disk, so that a restart and another process of ours know it too.
extension FilesystemStorage {
    /// Whether a blob and its link in the repository were promised within `vouchAge`: then that is not written again. The
    /// grace period is at least twice as long.
    func isVouched(_ digest: Digest, _ repository: RepositoryName) throws(StorageError) -> Bool {
        let limit = WallClock.now() - vouchAge.withLock { $0 }
        for path in [layout.layerLink(digest, repository), layout.blob(digest)] {
            guard let stamp = try Disk.stamp(path), stamp.modified / 1_000_000_000 > limit else { return false }
        }
        return true
    }

    /// Promises a blob, through its link in the repository. The caller shares the repository's lock and the digest's guard.
    ///
    /// It fails only where collection cannot remove anything either: on a disk that is read-only.
    func vouch(_ digest: Digest, _ repository: RepositoryName) {
        vouch(layout.layerLink(digest, repository), layout.blob(digest))
    }

    /// Promises what stands in these files.
    func vouch(_ paths: String...) {
        for path in paths { _ = utimensat(AT_FDCWD, path, nil, 0) }
    }
}

import RegistryModel

/// Who relies on a blob, and who removes it: pushes, mounts and look-ups that promise a blob side by side, its collection
/// alone. To be taken after a repository's lock, never before.
///
/// - Memory: 256 locks, whatever the number of blobs.
/// - Scope: this process. Others are held off by the grace period alone.
final class DigestGuards: Sendable {
    private let locks = StripedLocks<Digest>(256)

    func shared<Value>(_ digest: Digest, _ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try locks[digest].hold(alone: false, body)
    }

    func exclusive<Value>(_ digest: Digest, _ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try locks[digest].hold(alone: true, body)
    }
}

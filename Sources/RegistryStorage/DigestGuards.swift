import RegistryModel

/// Who relies on a blob, and who removes it: pushes, mounts and look-ups that promise a blob side by side, its collection
/// alone. To be taken after a repository's lock, never before.
///
/// - Memory: 256 locks, whatever the number of blobs.
/// - Scope: this process. Others are held off by the grace period alone.
final class DigestGuards: Sendable {
    private let locks = (0..<256).map { _ in ReadWriteLock() }

    func shared<Value>(_ digest: Digest, _ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try lock(of: digest).hold(alone: false, body)
    }

    func exclusive<Value>(_ digest: Digest, _ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try lock(of: digest).hold(alone: true, body)
    }

    private func lock(of digest: Digest) -> ReadWriteLock {
        locks[Int(UInt(bitPattern: digest.hashValue) % UInt(locks.count))]
    }
}

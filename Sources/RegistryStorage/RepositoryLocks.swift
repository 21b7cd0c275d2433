import Glibc
import RegistryModel

/// Who may change what a repository's links say: pushes of manifests side by side, a deletion alone. So a manifest is
/// never stored while something that it names goes, and no tag is moved to a manifest that is being deleted.
///
/// - Threads: waits on the pool's threads. A deletion waits for the pushes under way, each at most a few syncs long.
/// - Memory: 64 locks, whatever the number of repositories; two that share one wait for each other now and then.
/// - Scope: this process. Another registry on the same folder is not held off, as distribution's are not either.
final class RepositoryLocks: Sendable {
    /// A read-write lock of pthread(7). @unchecked: the pointer is set once, and pthread_rwlock is made for threads.
    private final class Lock: @unchecked Sendable {
        let pointer = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

        init() {
            pointer.initialize(to: pthread_rwlock_t())
            var attributes = pthread_rwlockattr_t()
            pthread_rwlockattr_init(&attributes)
            // Deletions would starve under steady pushes.
            pthread_rwlockattr_setkind_np(&attributes, CInt(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
            pthread_rwlock_init(pointer, &attributes)
            pthread_rwlockattr_destroy(&attributes)
        }

        deinit {
            pthread_rwlock_destroy(pointer)
            pointer.deallocate()
        }
    }

    private let locks = (0..<64).map { _ in Lock() }

    /// Runs a change that others may run beside.
    func shared<Value: Sendable>(
        _ repository: RepositoryName, on pool: BlockingPool,
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await hold(repository, alone: false, on: pool, body)
    }

    /// Runs a change that nobody may run beside.
    func exclusive<Value: Sendable>(
        _ repository: RepositoryName, on pool: BlockingPool,
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await hold(repository, alone: true, on: pool, body)
    }

    private func hold<Value: Sendable>(
        _ repository: RepositoryName, alone: Bool, on pool: BlockingPool,
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let lock = lock(of: repository)
        return try await pool.run { () throws(StorageError) in
            if alone { pthread_rwlock_wrlock(lock.pointer) } else { pthread_rwlock_rdlock(lock.pointer) }
            defer { pthread_rwlock_unlock(lock.pointer) }
            return try body()
        }
    }

    private func lock(of repository: RepositoryName) -> Lock {
        locks[Int(UInt(bitPattern: repository.hashValue) % UInt(locks.count))]
    }
}

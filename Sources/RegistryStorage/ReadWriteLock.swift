import Glibc

/// A read-write lock of pthread(7). @unchecked: the pointer is set once, and pthread_rwlock is made for threads.
final class ReadWriteLock: @unchecked Sendable {
    private let pointer = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

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

    /// Waits for its turn on the present thread, and runs the body. Not to be taken twice by one thread.
    func hold<Value>(
        alone: Bool, _ body: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        if alone { pthread_rwlock_wrlock(pointer) } else { pthread_rwlock_rdlock(pointer) }
        defer { pthread_rwlock_unlock(pointer) }
        return try body()
    }
}

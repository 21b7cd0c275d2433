/// A fixed number of read-write locks for any number of keys: two keys that share one wait for each other now and then.
struct StripedLocks<Key: Hashable>: Sendable {
    private let locks: [ReadWriteLock]

    /// - Parameter count: at least 1.
    init(_ count: Int) {
        locks = (0..<count).map { _ in ReadWriteLock() }
    }

    subscript(key: Key) -> ReadWriteLock {
        locks[Int(UInt(bitPattern: key.hashValue) % UInt(locks.count))]
    }
}

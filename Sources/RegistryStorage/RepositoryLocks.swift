import RegistryModel

/// Who may change what a repository's links say: pushes of manifests side by side, a deletion alone. So a manifest is
/// never stored while something that it names goes, and no tag is moved to a manifest that is being deleted.
///
/// - Threads: waits on the pool's threads. A deletion waits for the pushes under way, each at most a few syncs long.
/// - Memory: 64 locks, whatever the number of repositories; two that share one wait for each other now and then.
/// - Scope: this process. Another registry on the same folder is not held off, as distribution's are not either.
final class RepositoryLocks: Sendable {
    private let locks = StripedLocks<RepositoryName>(64)

    /// Runs a change that others may run beside.
    func shared<Value: Sendable>(
        _ repository: RepositoryName, on pool: BlockingPool,
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await hold(repository, alone: false, on: pool, body)
    }

    /// The same on the present thread of a pool, which waits.
    func holdShared<Value>(
        _ repository: RepositoryName, _ body: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        try locks[repository].hold(alone: false, body)
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
        let lock = locks[repository]
        return try await pool.run { () throws(StorageError) in
            try lock.hold(alone: alone, body)
        }
    }
}

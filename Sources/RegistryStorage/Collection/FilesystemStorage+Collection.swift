import RegistryModel
import Synchronization

extension FilesystemStorage {
    /// Removes what nothing refers to, while pushes go on. One at a time.
    /// - Parameters:
    ///   - retention: which tags go before that; nil for none.
    ///   - tell: each item, on any thread.
    /// - Throws: `CollectionRefusal`, `StorageError`; `CancellationError` between two parts, after which the next run goes on
    ///   where this one stood.
    package func collect(
        _ policy: CollectionPolicy, retention: (any TagRetention)? = nil,
        tell: @escaping @Sendable (CollectedItem) -> Void = { _ in }
    ) async throws -> CollectionSummary {
        guard
            isCollecting.withLock({ running in
                defer { running = true }
                return !running
            })
        else { throw CollectionRefusal.alreadyRuns }
        defer { isCollecting.withLock { $0 = false } }
        try await makeReady()
        var collector = Collector(storage: self, policy: policy, retention: retention, tell: tell)
        try await collector.run()
        return collector.summary
    }

    /// Lets the index become true: what settles may turn out to be stale, and is read then.
    func makeReady() async throws(CollectionRefusal) {
        for _ in 0..<5 {
            _ = await tendIndex()
            if index.isReady { return }
        }
        throw .indexIncomplete
    }

    /// What is promised to be there is promised for this long at least. To be told before anything is collected.
    package func promise(for grace: Duration) {
        vouchAge.withLock { $0 = min(300, Int(grace.components.seconds) / 2) }
    }

    /// Takes folders out of sight, durably, with one sync of each parent, then removes them.
    /// - Parameter areLeaves: whether no folders below them are remembered.
    func discard(together folders: [String], areLeaves: Bool) throws(StorageError) {
        var change = change()
        var passing: [String] = []
        for folder in folders {
            let path = "\(layout.staging)/\(UploadID())"
            if areLeaves { ledger.forget(folder) } else { ledger.forget(below: folder) }
            guard try Disk.rename(folder, to: path) else { continue }
            change.touch(Disk.parent(of: folder))
            passing.append(path)
        }
        try change.sync()
        for path in passing { try Disk.removeTree(path) }
    }
}

import BundleLog
import Logging
import RegistryStorage
import Synchronization

/// Removes stale uploads, once an interval. One task at a time; a new configuration ends the old one's.
final class UploadPurge: Sendable {
    private let storage: any UploadStore
    private let logger: Logger
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(storage: any UploadStore, logger: Logger) {
        self.storage = storage
        self.logger = logger
    }

    /// Takes up a configuration; nil, or a registry that only reads, purges nothing.
    /// The bridge to the task: it ends when a new configuration comes, and at the latest with the process.
    func follow(_ purge: RegistryConfiguration.Purge?, isReadOnly: Bool) {
        let new: Task<Void, Never>? =
            purge.flatMap { purge in isReadOnly ? nil : Task { [self] in await repeatedly(purge) } }
        let old = task.withLock { task in
            defer { task = new }
            return task
        }
        old?.cancel()
    }

    private func repeatedly(_ purge: RegistryConfiguration.Purge) async {
        // Not at once: a start has better things to do, and restarts in a row would purge each time.
        var pause = min(purge.interval, .seconds(60))
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            await once(purge)
            pause = purge.interval
        }
    }

    func once(_ purge: RegistryConfiguration.Purge) async {
        do {
            let purged = try await storage.purgeUploads(olderThan: purge.age, dryRun: purge.isDryRun)
            guard !purged.isEmpty else { return }
            let bytes = purged.reduce(0) { $0 + $1.size }
            logger.info(
                """
                \(purge.isDryRun ? "would remove" : "removed") \(Wording.count(purged.count, "unfinished upload")) \
                older than \(Wording.time(purge.age)): \(Wording.size(bytes))
                """, metadata: [LogField.event: "uploads_purged", LogField.bytes: .stringConvertible(bytes)])
        } catch {
            logger.error("cannot purge uploads: \(error)", metadata: [LogField.event: "purge_failed"])
        }
    }
}

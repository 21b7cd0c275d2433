import BundleLog
import Logging
import RegistryModel
import RegistryStorage

/// Removes stale uploads, once an interval.
final class UploadPurge: Sendable {
    private let storage: any UploadStore
    /// Purged uploads give back what is reserved for them.
    private let reservations: UploadReservations
    private let logger: Logger
    private let repetition = Repetition()

    init(storage: any UploadStore, reservations: UploadReservations = UploadReservations(), logger: Logger) {
        self.storage = storage
        self.reservations = reservations
        self.logger = logger
    }

    /// Takes up a configuration; nil, or a registry that only reads, purges nothing.
    func follow(_ purge: RegistryConfiguration.Purge?, isReadOnly: Bool) {
        guard let purge, !isReadOnly else { return repetition.end() }
        repetition.begin(every: purge.interval, first: .seconds(60)) { [self] in
            await once(purge)
            return true
        }
    }

    func once(_ purge: RegistryConfiguration.Purge) async {
        do {
            let purged = try await storage.purgeUploads(olderThan: purge.age, dryRun: purge.isDryRun)
            guard !purged.isEmpty else { return }
            if !purge.isDryRun {
                for upload in purged {
                    guard let repository = RepositoryName(upload.repository), let id = UploadID(upload.id) else {
                        continue
                    }
                    await reservations.release(id, in: repository)
                }
            }
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

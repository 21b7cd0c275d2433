import BundleLog
import Logging
import RegistryStorage
import Synchronization

/// Compares what is stored with its digests, slowly, once an interval. One task at a time; a new configuration ends the old
/// one's, and the next goes on where that was.
final class Scrub: Sendable {
    private let storage: FilesystemStorage
    private let logger: Logger
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(storage: FilesystemStorage, logger: Logger) {
        self.storage = storage
        self.logger = logger
    }

    /// Takes up a configuration; nil, or a registry that only reads, scrubs nothing.
    /// The bridge to the task: it ends when a new configuration comes, and at the latest with the process.
    func follow(_ scrub: RegistryConfiguration.Scrub?, isReadOnly: Bool) {
        let new: Task<Void, Never>? =
            scrub.flatMap { scrub in isReadOnly ? nil : Task { [self] in await repeatedly(scrub) } }
        let old = task.withLock { task in
            defer { task = new }
            return task
        }
        old?.cancel()
    }

    private func repeatedly(_ scrub: RegistryConfiguration.Scrub) async {
        // Not at once: a start has better things to do.
        var pause = min(scrub.interval, .seconds(600))
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            do {
                try await whole(rate: scrub.rate) { _ in }
            } catch is CancellationError {
                return
            } catch {
                logger.error("cannot scrub: \(error)", metadata: [LogField.event: "scrub_failed"])
            }
            pause = scrub.interval
        }
    }

    /// To the end of the folder, from where the last one was.
    /// - Parameter rate: bytes a second; nil: as fast as the disk gives them.
    func whole(rate: Int?, _ report: (ScrubStep) -> Void) async throws {
        while true {
            let step = try await step(rate: rate)
            report(step)
            if step.isLast { return }
        }
    }

    private func step(rate: Int?) async throws -> ScrubStep {
        try Task.checkCancellation()
        let step = try await storage.scrubStep { bytes in
            guard let rate else { return }
            try await Task.sleep(for: .seconds(1) * bytes / rate)
        }
        for blob in step.damaged { tell(blob) }
        return step
    }

    private func tell(_ blob: DamagedBlob) {
        let images = blob.images.isEmpty ? "no image needs it" : blob.images.prefix(20).joined(separator: ", ")
        logger.error(
            "the content of \(blob.digest) on the disk is damaged: \(images). It is in quarantine; push the image again",
            metadata: [LogField.event: "damaged", "digest": "\(blob.digest)"])
    }
}

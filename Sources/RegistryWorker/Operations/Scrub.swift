import BundleLog
import Logging
import RegistryStorage

/// Compares what is stored with its digests, slowly, once an interval. What a new configuration breaks off, the next goes on
/// with.
final class Scrub: Sendable {
    private let storage: FilesystemStorage
    private let logger: Logger
    private let repetition = Repetition()

    init(storage: FilesystemStorage, logger: Logger) {
        self.storage = storage
        self.logger = logger
    }

    /// Takes up a configuration; nil, or a registry that only reads, scrubs nothing.
    func follow(_ scrub: RegistryConfiguration.Scrub?, isReadOnly: Bool) {
        guard let scrub, !isReadOnly else { return repetition.end() }
        repetition.begin(every: scrub.interval, first: .seconds(600)) { [self] in
            do {
                try await whole(rate: scrub.rate) { _ in }
            } catch is CancellationError {
                return false
            } catch {
                logger.error("cannot scrub: \(error)", metadata: [LogField.event: "scrub_failed"])
            }
            return true
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

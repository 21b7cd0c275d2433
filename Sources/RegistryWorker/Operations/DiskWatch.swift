import RegistryStorage
import Synchronization

/// Whether the disk was full when somebody last tried to write: then callers are told at `/v2/`, and nowhere else is looked
/// at the disk for it. It recovers by itself: while it is full, each who asks has the disk tried again.
final class DiskWatch: Sendable {
    private let full = Mutex(false)

    /// To be told of every failure of the storage.
    func note(_ error: StorageError) {
        if case .noSpace = error { full.withLock { $0 = true } }
    }

    /// Whether pushes are refused at the moment for want of space.
    func isFull(_ storage: some RegistryStore) async -> Bool {
        guard full.withLock({ $0 }) else { return false }
        do throws(StorageError) {
            try await storage.checkWritable()
        } catch .noSpace {
            return true
        } catch {
            // Something else is wrong, which the health check tells of.
        }
        full.withLock { $0 = false }
        return false
    }
}

import RegistryModel
import Synchronization
import TextFormats

/// Which files have been compared with their digest of late, so that a blob that is pulled again and again is not hashed each
/// time. Bounded; what is forgotten is compared again.
final class VerifiedBlobs: Sendable {
    private struct Entry {
        var stamp: Disk.Stamp
        var until: Int
    }

    private let limit: Int
    private let lifetime: Int
    private let entries = Mutex<[Digest: Entry]>([:])

    /// - Parameter lifetime: seconds; a disk may rot under an unchanged file.
    init(limit: Int = 20_000, lifetime: Int = 24 * 3_600) {
        self.limit = limit
        self.lifetime = lifetime
    }

    func contains(_ digest: Digest, _ stamp: Disk.Stamp) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[digest] else { return false }
            return entry.stamp == stamp && entry.until > UTCTime.now().seconds
        }
    }

    func insert(_ digest: Digest, _ stamp: Disk.Stamp) {
        entries.withLock { entries in
            if entries.count >= limit { entries.removeAll() }
            entries[digest] = Entry(stamp: stamp, until: UTCTime.now().seconds + lifetime)
        }
    }

    func remove(_ digest: Digest) {
        _ = entries.withLock { $0.removeValue(forKey: digest) }
    }
}

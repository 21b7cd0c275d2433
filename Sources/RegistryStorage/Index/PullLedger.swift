import RegistryModel
import Synchronization

/// Counts pulls in memory until they are written together: no pull waits for the index.
///
/// - Memory: 50,000 manifests between two writings; what is more is not counted.
final class PullLedger: Sendable {
    struct Key: Hashable, Sendable {
        var repository: RepositoryName
        var digest: Digest
    }

    struct Pulls: Sendable {
        var count: Int
        /// Seconds since the epoch.
        var last: Int
    }

    private let limit = 50_000
    private let pulls = Mutex<[Key: Pulls]>([:])

    /// - Parameter counts: false for a HEAD, which only says that somebody relies on the manifest.
    /// - Returns: whether this is the first since the last writing.
    func note(_ digest: Digest, in repository: RepositoryName, counts: Bool, at now: Int) -> Bool {
        pulls.withLock { pulls in
            let key = Key(repository: repository, digest: digest)
            let isFirst = pulls.isEmpty
            guard pulls.count < limit || pulls[key] != nil else { return false }
            pulls[key, default: Pulls(count: 0, last: now)].count += counts ? 1 : 0
            pulls[key]?.last = now
            return isFirst
        }
    }

    func take() -> [Key: Pulls] {
        pulls.withLock { pulls in
            defer { pulls = [:] }
            return pulls
        }
    }
}

import RegistryModel
import Synchronization

/// What manifests refer to, by their digest: content that never changes, so that a list of referrers reads each once.
final class SubjectCache: Sendable {
    /// A manifest's subject, and how the manifest is listed under it. Nil for a manifest without a subject.
    struct Entry: Sendable {
        var subject: Digest?
        var descriptor: Descriptor?
    }

    private let limit: Int
    private let entries = Mutex<[Digest: Entry]>([:])

    init(limit: Int = 50_000) {
        self.limit = limit
    }

    subscript(digest: Digest) -> Entry? {
        entries.withLock { $0[digest] }
    }

    func insert(_ entry: Entry, for digest: Digest) {
        entries.withLock { entries in
            if entries.count >= limit { entries.removeAll() }
            entries[digest] = entry
        }
    }
}

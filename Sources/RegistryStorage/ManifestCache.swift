import NIOCore
import RegistryModel
import Synchronization

/// Manifests in memory, each with the stamps of the files that it was read from: whoever takes one compares them with the
/// disk's, so that a change by another registry shows at once.
final class ManifestCache: Sendable {
    /// What a manifest was read by.
    struct Key: Hashable, Sendable {
        var repository: RepositoryName
        var reference: Reference
    }

    /// A manifest and the files that must still be the same for it to be true.
    struct Entry: Sendable {
        var manifest: StoredManifest
        /// Of the tag's link, for a tag.
        var tag: Disk.Stamp?
        var revision: Disk.Stamp
        var blob: Disk.Stamp
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var size = 0
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let requests = Atomic<Int>(0)
    private let hits = Atomic<Int>(0)

    /// How often it was asked, and had an answer, for metrics.
    var counts: (requests: Int, hits: Int) {
        (requests.load(ordering: .relaxed), hits.load(ordering: .relaxed))
    }

    /// - Parameter capacity: bytes of manifests; single ones of more than a sixteenth of it are not kept.
    init(capacity: Int) {
        self.capacity = capacity
    }

    subscript(key: Key) -> Entry? {
        requests.add(1, ordering: .relaxed)
        let entry = state.withLock { $0.entries[key] }
        if entry != nil { hits.add(1, ordering: .relaxed) }
        return entry
    }

    func insert(_ entry: Entry, for key: Key) {
        let cost = Self.cost(entry)
        guard cost <= capacity / 16 else { return }
        state.withLock { state in
            if let old = state.entries.removeValue(forKey: key) { state.size -= Self.cost(old) }
            // Full: half of it goes, whichever (a hash's order is as good as chance).
            if state.size + cost > capacity {
                for (key, entry) in state.entries.prefix(max(1, state.entries.count / 2)) {
                    state.entries[key] = nil
                    state.size -= Self.cost(entry)
                }
            }
            state.entries[key] = entry
            state.size += cost
        }
    }

    func remove(_ key: Key) {
        state.withLock { state in
            if let old = state.entries.removeValue(forKey: key) { state.size -= Self.cost(old) }
        }
    }

    private static func cost(_ entry: Entry) -> Int { entry.manifest.bytes.readableBytes + 1_024 }
}

import Synchronization

/// Which folders are known to be on the disk for good, so that their parents need no further sync.
///
/// A folder that another request has made a moment ago, and not synced yet, is not known: whoever finds it there syncs
/// its parent too. Bounded; forgetting costs a sync, never a promise.
final class FolderLedger: Sendable {
    private let limit: Int
    private let known = Mutex<Set<String>>([])

    init(limit: Int = 20_000) {
        self.limit = limit
    }

    func knows(_ path: String) -> Bool {
        known.withLock { $0.contains(path) }
    }

    func learn(_ paths: [String]) {
        known.withLock { known in
            if known.count + paths.count > limit { known.removeAll() }
            known.formUnion(paths)
        }
    }

    /// To be called before a folder is removed, and when one that was known turns out to be new.
    func forget(_ path: String) {
        _ = known.withLock { $0.remove(path) }
    }

    /// Forgets a folder and everything below it.
    func forget(below path: String) {
        known.withLock { known in
            known = known.filter { $0 != path && !$0.hasPrefix(path + "/") }
        }
    }
}

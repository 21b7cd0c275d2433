import Synchronization

/// What is known of folders, so that it need not be synced again. Bounded; forgetting costs a sync, never a promise.
///
/// - Known: the folder itself is on the disk for good, so that its parents need no sync. A folder that another request has
///   made a moment ago, and not synced yet, is not known: whoever finds it there syncs its parent too.
/// - Settled: the names in the folder are on the disk. Of the latest only, as a manifest follows what it names.
final class FolderLedger: Sendable {
    private struct State {
        var known: Set<String> = []
        var settled: Set<String> = []
        var settledBefore: Set<String> = []
    }

    private let limit: Int
    private let recent: Int
    private let state = Mutex(State())

    init(limit: Int = 20_000, recent: Int = 4_096) {
        self.limit = limit
        self.recent = recent
    }

    func knows(_ path: String) -> Bool {
        state.withLock { $0.known.contains(path) }
    }

    func learn(_ paths: [String]) {
        state.withLock { state in
            if state.known.count + paths.count > limit { state.known.removeAll() }
            state.known.formUnion(paths)
        }
    }

    func isSettled(_ folder: String) -> Bool {
        state.withLock { $0.settled.contains(folder) || $0.settledBefore.contains(folder) }
    }

    /// To be called when the folders have been synced.
    func settle(_ folders: [String]) {
        state.withLock { state in
            if state.settled.count + folders.count > recent {
                state.settledBefore = state.settled
                state.settled.removeAll()
            }
            state.settled.formUnion(folders)
        }
    }

    /// To be called before a name in the folder changes.
    func unsettle(_ folder: String) {
        state.withLock { state in
            state.settled.remove(folder)
            state.settledBefore.remove(folder)
        }
    }

    /// To be called before a folder is removed, and when one that was known turns out to be new.
    func forget(_ path: String) {
        unsettle(path)
        _ = state.withLock { $0.known.remove(path) }
    }

    /// Forgets a folder and everything below it.
    func forget(below path: String) {
        let isBelow = { (other: String) in other == path || other.hasPrefix(path + "/") }
        state.withLock { state in
            state.known = state.known.filter { !isBelow($0) }
            state.settled = state.settled.filter { !isBelow($0) }
            state.settledBefore = state.settledBefore.filter { !isBelow($0) }
        }
    }
}

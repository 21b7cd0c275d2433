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
        /// Folders in which a name has changed since they were settled.
        var changing: [String: Changing] = [:]
        var lastTicket = 0

        mutating func unsettle(_ folder: String) {
            settled.remove(folder)
            settledBefore.remove(folder)
        }

        mutating func ticket() -> Int {
            lastTicket += 1
            return lastTicket
        }
    }

    private struct Changing {
        /// Renames at this moment.
        var inFlight = 0
        /// Of the latest change.
        var ticket = 0
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

    /// To be called before a name in the folder changes, and `endChange` after it.
    func beginChange(_ folder: String) {
        state.withLock { state in
            state.unsettle(folder)
            if state.changing.count >= recent { state.changing = state.changing.filter { $1.inFlight > 0 } }
            state.changing[folder, default: Changing()].inFlight += 1
        }
    }

    /// - Returns: what `settle` takes, once the folder has been synced.
    func endChange(_ folder: String) -> Int {
        state.withLock { state in
            let ticket = state.ticket()
            state.changing[folder, default: Changing(inFlight: 1)].ticket = ticket
            state.changing[folder]?.inFlight -= 1
            return ticket
        }
    }

    /// For who is about to sync a folder that another has changed.
    /// - Returns: what `settle` takes then; nil while a name is changing.
    func watch(_ folder: String) -> Int? {
        state.withLock { state in
            if let changing = state.changing[folder] { return changing.inFlight > 0 ? nil : changing.ticket }
            let ticket = state.ticket()
            state.changing[folder] = Changing(ticket: ticket)
            return ticket
        }
    }

    /// To be called when the folders have been synced. One in which a name has changed since its ticket was given stays
    /// unsettled: that change may not be on the disk.
    func settle(_ folders: [(path: String, ticket: Int)]) {
        state.withLock { state in
            if state.settled.count + folders.count > recent {
                state.settledBefore = state.settled
                state.settled.removeAll()
            }
            for folder in folders {
                guard let changing = state.changing[folder.path], changing.inFlight == 0,
                    changing.ticket == folder.ticket
                else { continue }
                state.changing[folder.path] = nil
                state.settled.insert(folder.path)
            }
        }
    }

    /// To be called before a name of the folder goes.
    func unsettle(_ folder: String) {
        state.withLock { state in
            state.unsettle(folder)
            let ticket = state.ticket()
            state.changing[folder]?.ticket = ticket
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

import Synchronization

/// The number of open client connections of all event loops.
final class ConnectionCounter: Sendable {
    private let open = Atomic<Int>(0)

    var count: Int { open.load(ordering: .relaxed) }

    /// Counts one more; false, and nothing is counted, when there are `limit` already.
    func enter(limit: Int) -> Bool {
        guard open.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    func leave() {
        open.wrappingSubtract(1, ordering: .relaxed)
    }
}

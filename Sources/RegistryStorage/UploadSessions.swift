import Synchronization

/// What this process remembers of uploads between two requests: their running digest, and how far their data are synced.
/// Bounded; what is forgotten is read from the disk again.
final class UploadSessions: Sendable {
    /// Of one upload.
    struct Memory: Sendable {
        var hash: ContentHash
        /// Bytes that have been synced.
        var synced: Int
    }

    private let limit: Int
    private let sessions = Mutex<[UploadID: Memory]>([:])

    init(limit: Int = 4_096) {
        self.limit = limit
    }

    func remember(_ id: UploadID, _ memory: Memory) {
        sessions.withLock { sessions in
            if sessions.count >= limit { sessions.removeAll() }
            sessions[id] = memory
        }
    }

    /// Takes the memory out: whoever works on the upload puts it back.
    func take(_ id: UploadID) -> Memory? {
        sessions.withLock { $0.removeValue(forKey: id) }
    }
}

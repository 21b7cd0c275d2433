import RegistryModel
import RegistryStorage

/// The bytes that uploads in flight will add to repositories with a quota, so that uploads side by side cannot overshoot it.
///
/// - Held: until the upload is committed, cancelled or purged. One that ended otherwise is found out before anybody is
///   refused on its account.
/// - Memory: an entry for each upload in flight, in repositories with a quota only. Gone with a restart; an upload that goes
///   on after it is entered again.
actor UploadReservations {
    private struct Entry {
        var bytes: Int
        /// Its bytes may be in the repository's usage already.
        var isCommitting = false
    }

    /// What stands in the way.
    struct Refusal: Sendable, Equatable {
        var usage: RepositoryUsage
        /// Of other uploads.
        var reserved: Int
    }

    /// How often, and after what pause, a usage that is not known is asked for again.
    private static let patience = (attempts: 10, pause: Duration.milliseconds(50))

    private var uploads: [RepositoryName: [UploadID: Entry]] = [:]
    /// Commits that have ended: who read a usage before one did has not seen its bytes.
    private var commits = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Lets an upload have so many bytes in all, if the quota has room for them beside the others.
    /// - Parameters:
    ///   - id: nil only asks.
    ///   - isCommitting: what `endCommit` follows at once.
    ///   - usage: of the repository; nil while it is not known: when it stays so for half a second, nobody is refused.
    ///   - isGone: whether an upload has ended unseen.
    /// - Returns: nil when it may.
    func reserve(
        _ bytes: Int, for id: UploadID?, in repository: RepositoryName, limit: Int, isCommitting: Bool = false,
        usage: @Sendable () async throws -> RepositoryUsage?, isGone: @Sendable (UploadID) async throws -> Bool
    ) async throws -> Refusal? {
        var isTidy = false
        var attempts = 0
        while true {
            if let id, let own = uploads[repository]?[id], own.bytes >= bytes { return nil }
            let before = commits
            let current = try await usage()
            guard before == commits else { continue }
            // A folder that has just changed is read anew: the next moment it is known again.
            if current == nil, attempts < Self.patience.attempts {
                attempts += 1
                try await Task.sleep(for: Self.patience.pause)
                continue
            }
            let others = (uploads[repository] ?? [:]).filter { $0.key != id }
            let reserved = others.values.reduce(0) { $0 + $1.bytes }
            let isCommitted = !others.values.contains(where: \.isCommitting)
            let stored = current?.bytes ?? 0
            let free = limit - min(stored + reserved, limit)
            if current == nil ? isCommitted : bytes <= free && free > 0 {
                if let id { uploads[repository, default: [:]][id] = Entry(bytes: bytes, isCommitting: isCommitting) }
                return nil
            }
            // What is being committed may count twice at this moment, and the first of a repository hides its usage.
            if !isCommitted, current == nil || bytes <= limit - min(stored, limit) {
                await withCheckedContinuation { waiting.append($0) }
            } else if !isTidy {
                isTidy = true
                for other in others.keys where try await isGone(other) {
                    // One whose commit has begun meanwhile is gone, too: its bytes may not be in the usage yet.
                    if uploads[repository]?[other]?.isCommitting == false { release(other, in: repository) }
                }
            } else {
                return Refusal(
                    usage: current ?? RepositoryUsage(tags: 0, manifests: 0, blobs: 0, bytes: 0), reserved: reserved)
            }
        }
    }

    func holds(_ bytes: Int, for id: UploadID, in repository: RepositoryName) -> Bool {
        uploads[repository]?[id].map { $0.bytes >= bytes } ?? false
    }

    /// Corrects what an upload has come to, at the end of a request.
    func settle(_ id: UploadID, in repository: RepositoryName, at bytes: Int) {
        uploads[repository]?[id]?.bytes = bytes
        resume()
    }

    /// To be followed by `endCommit`, whatever happens.
    func beginCommit(_ id: UploadID, in repository: RepositoryName) {
        uploads[repository]?[id]?.isCommitting = true
    }

    /// - Parameter isDone: false when the upload is not part of the repository: then it stays, if it is there at all.
    func endCommit(_ id: UploadID, in repository: RepositoryName, isDone: Bool) {
        commits += 1
        if isDone {
            release(id, in: repository)
        } else {
            uploads[repository]?[id]?.isCommitting = false
            resume()
        }
    }

    /// Forgets an upload that has come to nothing.
    func release(_ id: UploadID, in repository: RepositoryName) {
        uploads[repository]?[id] = nil
        if uploads[repository]?.isEmpty == true { uploads[repository] = nil }
        resume()
    }

    /// For tests, and whoever wonders.
    var count: Int { uploads.values.reduce(0) { $0 + $1.count } }

    private func resume() {
        let woken = waiting
        waiting = []
        for continuation in woken { continuation.resume() }
    }
}

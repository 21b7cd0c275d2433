import Glibc

/// Brings files and folders to the disk, each sync for all who want it.
///
/// - Folders: whoever asks while one is being synced waits for the next sync of it, which serves all who asked before it
///   began. So concurrent pushes share the folders that they have in common.
/// - Errors: a sync that fails fails for all whom it would have served.
/// - Threads: waits on the storage's threads; the one that syncs never waits for another.
///
/// `@unchecked Sendable`: every stored variable is read and written under the lock.
final class SyncDesk: @unchecked Sendable {
    /// How often the disk was asked, and how many folder syncs were another's.
    struct Count: Sendable, Equatable {
        var files = 0
        var folders = 0
        var shared = 0
    }

    private struct Folder {
        /// Rounds that have begun and ended: one at a time is under way.
        var begun = 0
        var ended = 0
        var isRunning = false
        var users = 0
        var failure: (round: Int, error: StorageError)?
    }

    private let isCarriedOut: Bool
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var folders: [String: Folder] = [:]
    private var counted = Count()

    /// - Parameter isCarriedOut: false keeps no promise: the control that shows a test of power cuts able to fail.
    init(isCarriedOut: Bool = true) {
        self.isCarriedOut = isCarriedOut
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
        wake.initialize(to: pthread_cond_t())
        pthread_cond_init(wake, nil)
    }

    deinit {
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(lock)
        wake.deallocate()
        lock.deallocate()
    }

    var count: Count { locked { counted } }

    /// A file's bytes, and what is needed to find them again, are on the disk when this returns.
    func sync(_ file: borrowing OpenFile) throws(StorageError) {
        locked { counted.files += 1 }
        if isCarriedOut { try file.syncData() }
    }

    /// The names in a folder are on the disk when this returns. One that is gone has nothing to keep: what stood in it was
    /// removed by another request.
    func sync(folder path: String) throws(StorageError) {
        pthread_mutex_lock(lock)
        var isOwn = false
        var folder = folders[path] ?? Folder()
        folder.users += 1
        folders[path] = folder
        // The round under way, if any, may have begun before our names were changed.
        let round = folder.begun + 1
        while let current = folders[path], current.ended < round {
            if current.isRunning {
                pthread_cond_wait(wake, lock)
            } else {
                isOwn = true
                run(round, of: path)
            }
        }
        let failure = folders[path]?.failure
        if !isOwn { counted.shared += 1 }
        folders[path]?.users -= 1
        if folders[path]?.users == 0 { folders[path] = nil }
        pthread_mutex_unlock(lock)
        if let failure, failure.round >= round { throw failure.error }
    }

    /// One round. The lock is held before and after it, not meanwhile.
    private func run(_ round: Int, of path: String) {
        folders[path]?.begun = round
        folders[path]?.isRunning = true
        counted.folders += 1
        pthread_mutex_unlock(lock)
        var failure: StorageError?
        do throws(StorageError) {
            if isCarriedOut, let file = try OpenFile(path, .folder) { try file.sync() }
        } catch {
            failure = error
        }
        pthread_mutex_lock(lock)
        folders[path]?.ended = round
        folders[path]?.isRunning = false
        if let failure { folders[path]?.failure = (round, failure) }
        pthread_cond_broadcast(wake)
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }
}

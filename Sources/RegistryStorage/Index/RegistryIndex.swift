import GRDB
import RegistryModel
import Synchronization

/// What the registry's folder holds, in an SQLite database beside it, so that lists, referrers, sizes and collection never
/// walk the tree. The folder stays the truth; the index is a cache.
///
/// - Own changes go to the disk first, then here, before the request is answered. While a repository's rows may be behind its
///   folder, its stamp in the database is NULL: after a crash it is read anew.
/// - Changes of another registry show as a stamp that differs when the repository is asked for, or when the tree is swept.
///   Until it has been read anew (`tend`), the repository is listed by walking its folder.
/// - An error of SQLite fails no request: it is told once, the file is deleted, and a new one is filled while lists walk.
/// - Threads: blocks; only for the storage's pools.
package final class RegistryIndex: Sendable {
    /// A repository that this process changes, or has changed since its stamp was written.
    struct Work: Sendable {
        var inFlight = 0
        /// Counts changes, so that what was read before one is not taken for the state after it.
        var generation = 0
        /// The folders' state after the last change; nil when others were under way.
        var expected: RepositoryStamp?
        /// Whether the database has the stamp as well.
        var isSettled = false
        var changed = ContinuousClock.now
    }

    struct State: Sendable {
        var database: IndexDatabase?
        /// Whether every repository of the tree has its rows.
        var isComplete = false
        var work: [RepositoryName: Work] = [:]
        /// Repositories whose rows are not to be believed until they have been read anew.
        var stale: Set<RepositoryName> = []
        var mayOpen = ContinuousClock.now
        /// The last look at the names of all repositories.
        var swept: (at: ContinuousClock.Instant, took: Duration)?
        var isSweeping = false
        /// The largest repositories, as they were counted last.
        var sizes: (at: ContinuousClock.Instant, bytes: [String: Int])?
    }

    let layout: StorageLayout
    let state = Mutex(State())
    let pulls = PullLedger()
    let notify: @Sendable (StorageNotice) -> Void
    /// Asks for `tend`: something has become stale, or waits to be written.
    private let wake: AsyncStream<Void>.Continuation
    /// Ends never; one consumer.
    package let wakes: AsyncStream<Void>

    /// - Parameter notify: told of what an administrator should know; called on any thread.
    init(layout: StorageLayout, notify: @escaping @Sendable (StorageNotice) -> Void) {
        self.layout = layout
        self.notify = notify
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// To be called once, when the folder is there.
    func begin() {
        open()
        wake.yield()
    }

    func wakeUp() { wake.yield() }

    // MARK: The database

    /// The database, unless there is none that can be used at the moment.
    var database: IndexDatabase? {
        guard let database = state.withLock({ $0.database }) else { return nil }
        if database.isInPlace { return database }
        abandon(database, because: "its file was removed or replaced", at: .info)
        return nil
    }

    /// Opens the database, or makes it.
    func open() {
        do {
            let database = try IndexDatabase(layout, readers: 8)
            let isComplete = try database.pool.read { db in
                try db.first("SELECT value FROM facts WHERE name = 'complete'") { $0.integer(0) == 1 } ?? false
            }
            state.withLock { state in
                state.database = database
                state.isComplete = isComplete
                state.stale = []
                // What is under way goes on; what it has done before may be missing in a new file.
                state.work = state.work.filter { $0.value.inFlight > 0 }
                for name in state.work.keys { state.stale.insert(name) }
                state.swept = nil
            }
        } catch {
            IndexDatabase.delete(layout)
            state.withLock { $0.mayOpen = .now + .seconds(10) }
            notify(
                StorageNotice(
                    level: .warning, event: "index_unavailable",
                    sentence: "cannot open the index \(layout.index): \(error). Lists walk the folder meanwhile"))
        }
    }

    /// Gives up a database that fails: it is deleted, and `tend` makes another.
    func abandon(_ database: IndexDatabase, because reason: String, at level: StorageNotice.Level = .warning) {
        let isFirst = state.withLock { state in
            guard state.database === database else { return false }
            state.database = nil
            state.isComplete = false
            // A full disk needs time, not attempts.
            state.mayOpen = .now + (level == .info ? .zero : .seconds(10))
            return true
        }
        guard isFirst else { return }
        IndexDatabase.delete(layout)
        notify(
            StorageNotice(
                level: level, event: "index_abandoned",
                sentence: "the index is made anew: \(reason). Lists walk the folder until it is complete"))
        wake.yield()
    }

    /// Reads rows.
    /// - Returns: nil when the database cannot give them.
    func read<Value>(_ body: (Database) throws -> Value?) -> Value? {
        guard let database else { return nil }
        do {
            return try database.pool.read(body)
        } catch {
            handle(error, of: database)
            return nil
        }
    }

    /// Changes rows, all of them or none.
    /// - Returns: nil when nothing has been changed.
    func write<Value>(_ body: (Database) throws -> Value) -> Value? {
        guard let database else { return nil }
        do {
            return try database.pool.write(body)
        } catch {
            handle(error, of: database)
            return nil
        }
    }

    private func handle(_ error: any Error, of database: IndexDatabase) {
        // Another process of ours writes for long: nothing is wrong with the file.
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_BUSY { return }
        abandon(database, because: "\(error)")
    }
}

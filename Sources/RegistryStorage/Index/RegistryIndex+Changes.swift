import GRDB
import RegistryModel
import Synchronization
import TextFormats

/// Own changes of repositories.
extension RegistryIndex {
    /// Runs a change of a repository's folders, then takes it into the rows.
    ///
    /// To be called under the repository's lock, shared or alone.
    /// - Parameter body: gives its result, and what it has changed. When it throws, the folder may hold half of the change:
    ///   the repository is read anew.
    func changing<Value>(
        _ repository: RepositoryName, _ body: () throws(StorageError) -> (Value, [IndexChange])
    ) throws(StorageError) -> Value {
        let isNoted = begin(repository)
        defer { if isNoted { end(repository) } }
        do throws(StorageError) {
            let (value, changes) = try body()
            if isNoted, !take(changes, in: repository) { markStale(repository) }
            return value
        } catch {
            if isNoted { markStale(repository) }
            throw error
        }
    }

    func markStale(_ repository: RepositoryName) {
        state.withLock { _ = $0.stale.insert(repository) }
        wakeUp()
    }

    /// Notes, durably, that the rows may be behind the folder from now on.
    /// - Returns: false without a database.
    private func begin(_ repository: RepositoryName) -> Bool {
        let known = state.withLock { state -> Work? in
            guard state.database != nil, let work = state.work[repository], !work.isSettled else { return nil }
            state.work[repository]?.inFlight += 1
            state.work[repository]?.generation += 1
            return work
        }
        if let known {
            // Alone, and the folder is not as it was left: another registry was here.
            if known.inFlight == 0, let expected = known.expected,
                (try? RepositoryStamp(repository, layout)) != expected
            {
                markStale(repository)
            }
            return true
        }
        let current = try? RepositoryStamp(repository, layout)
        let isTrue: Bool? = write { db in
            // Whoever else begins at this moment waits here; the second finds the first one's note.
            let stamp = try db.first("SELECT stamp FROM repositories WHERE key = ?", .text(repository.key)) { row in
                row.isNull(0) ? nil : RepositoryStamp(value: row.integer(0))
            }
            try db.run(
                "INSERT INTO repositories(key) VALUES(?) ON CONFLICT(key) DO UPDATE SET stamp = NULL",
                .text(repository.key))
            return state.withLock { state in
                let isFirst = state.work[repository].map(\.isSettled) ?? true
                state.work[repository, default: Work()].isSettled = false
                state.work[repository]?.inFlight += 1
                state.work[repository]?.generation += 1
                return !isFirst || (stamp ?? .nothing) == current
            }
        }
        guard let isTrue else { return false }
        if !isTrue { markStale(repository) }
        wakeUp()
        return true
    }

    private func end(_ repository: RepositoryName) {
        let last = state.withLock { state -> Int? in
            guard var work = state.work[repository] else { return nil }
            work.inFlight -= 1
            work.expected = nil
            work.changed = .now
            state.work[repository] = work
            return work.inFlight == 0 ? work.generation : nil
        }
        guard let last else { return }
        let stamp = try? RepositoryStamp(repository, layout)
        state.withLock { state in
            guard state.work[repository]?.generation == last else { return }
            state.work[repository]?.expected = stamp
        }
    }

    /// - Returns: false when the rows could not be changed.
    private func take(_ changes: [IndexChange], in repository: RepositoryName) -> Bool {
        write { db in
            // A repository that was collected a moment ago comes back: its row went with it.
            if let first = changes.first, !first.isEnd {
                try db.run("INSERT OR IGNORE INTO repositories(key) VALUES(?)", .text(repository.key))
            }
            guard
                let id = try db.first(
                    "SELECT id FROM repositories WHERE key = ?", .text(repository.key), read: { $0.integer(0) })
            else { return false }
            for change in changes { try Self.take(change, id, db) }
            return true
        } ?? false
    }

    private static func take(_ change: IndexChange, _ id: Int, _ db: Database) throws {
        let now = UTCTime.now().seconds
        switch change {
        case .manifest(let manifest, let digest, let tags):
            try insert(IndexedManifest(manifest, digest: digest), db)
            try db.run(
                """
                INSERT INTO revisions(repository, digest, pushed) VALUES(?, ?, ?)
                ON CONFLICT DO UPDATE SET pushed = excluded.pushed
                """, .integer(id), .digest(digest), .integer(now))
            for tag in tags {
                try db.run(
                    """
                    INSERT INTO tags(repository, name, digest, moved) VALUES(?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET digest = excluded.digest, moved = excluded.moved
                    """, .integer(id), .text(tag.description), .digest(digest), .integer(now))
            }
            try show(id, db)
        case .manifestGone(let digest):
            try db.run("DELETE FROM tags WHERE repository = ? AND digest = ?", .integer(id), .digest(digest))
            try db.run("DELETE FROM revisions WHERE repository = ? AND digest = ?", .integer(id), .digest(digest))
            try forget(digest, db)
        case .tagGone(let tag):
            try db.run("DELETE FROM tags WHERE repository = ? AND name = ?", .integer(id), .text(tag.description))
        case .layer(let info):
            try db.run(
                "INSERT INTO layers(repository, digest, size) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET size = excluded.size",
                .integer(id), .digest(info.digest), .integer(info.size))
            try show(id, db)
        case .layerGone(let digest):
            try db.run("DELETE FROM layers WHERE repository = ? AND digest = ?", .integer(id), .digest(digest))
        case .repositoryGone: try remove(id, db)
        }
    }

    private static func show(_ id: Int, _ db: Database) throws {
        try db.run("UPDATE repositories SET visible = 1 WHERE id = ? AND visible = 0", .integer(id))
    }

    /// Takes a repository's rows away.
    static func remove(_ id: Int, _ db: Database) throws {
        let digests = try db.all("SELECT digest FROM revisions WHERE repository = ?", .integer(id)) { $0.digest(0) }
        for table in ["tags", "revisions", "layers", "expired"] {
            try db.run("DELETE FROM \(table) WHERE repository = ?", .integer(id))
        }
        try db.run("DELETE FROM repositories WHERE id = ?", .integer(id))
        for digest in digests { try forget(digest, db) }
    }

    /// Takes what a manifest says, unless it is there.
    static func insert(_ manifest: IndexedManifest, _ db: Database) throws {
        let count = try db.run(
            """
            INSERT OR IGNORE INTO manifests(digest, media_type, size, subject, artifact_type, annotations)
            VALUES(?, ?, ?, ?, ?, ?)
            """, .digest(manifest.digest), .text(manifest.mediaType), .integer(manifest.size),
            IndexValue(manifest.subject), IndexValue(manifest.artifactType), IndexValue(manifest.annotations))
        guard count == 1 else { return }
        let id = Int(db.lastInsertedRowID)
        for reference in manifest.references {
            try db.run(
                "INSERT OR IGNORE INTO refs(manifest, target, size) VALUES(?, ?, ?)", .integer(id),
                .digest(reference.target), reference.size.map { .integer($0) } ?? .null)
        }
    }

    /// Lets go what a manifest says, when no repository holds it any more.
    static func forget(_ digest: Digest, _ db: Database) throws {
        let isHeld =
            try db.first("SELECT 1 FROM revisions WHERE digest = ?", .digest(digest)) { _ in true } ?? false
        guard !isHeld,
            let id = try db.first(
                "SELECT id FROM manifests WHERE digest = ?", .digest(digest), read: { $0.integer(0) })
        else { return }
        try db.run("DELETE FROM refs WHERE manifest = ?", .integer(id))
        try db.run("DELETE FROM manifests WHERE id = ?", .integer(id))
    }
}

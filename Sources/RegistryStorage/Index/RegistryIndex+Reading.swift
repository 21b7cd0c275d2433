import GRDB
import RegistryModel
import Synchronization

/// Repositories read anew from their folders.
extension RegistryIndex {
    /// So many repositories, or manifests, are read and written together.
    private static let batch = 512
    private static let manifests = 4_000

    /// Repositories as they were read, with those of their manifests that the index does not know.
    private struct Part: Sendable {
        var readings: [RepositoryReading]
        var manifests: [IndexedManifest]
        /// Of a large repository: too many to be read at once.
        var further: [Digest]
    }

    /// Reads repositories and replaces their rows. The next are read while rows are written.
    /// - Returns: those that changed meanwhile and are as stale as before.
    func refresh(_ repositories: [RepositoryName]) throws(StorageError) -> [RepositoryName] {
        var overtaken: [RepositoryName] = []
        try Parallel.ahead(
            repositories.chunks(of: Self.batch),
            prepare: { [self] (names) throws(StorageError) in try part(names) },
            commit: { (part) throws(StorageError) in overtaken += try put(part) })
        return overtaken
    }

    private func part(_ names: [RepositoryName]) throws(StorageError) -> Part {
        let readings = try Parallel.map(names) { [self] (name) throws(StorageError) in
            try RepositoryReading(
                name, generation: state.withLock { $0.work[name]?.generation }, layout: layout)
        }
        let unknown = unknown(readings)
        let isSmall = unknown.count <= Self.manifests
        return Part(
            readings: readings, manifests: isSmall ? try manifests(unknown) : [], further: isSmall ? [] : unknown)
    }

    private func manifests(_ digests: [Digest]) throws(StorageError) -> [IndexedManifest] {
        try Parallel.map(digests) { [layout] (digest) throws(StorageError) -> IndexedManifest? in
            try Disk.contents(of: layout.blob(digest), limit: Manifest.maximumSize).map {
                IndexedManifest(bytes: $0, digest: digest)
            }
        }.compactMap(\.self)
    }

    /// - Returns: as `refresh`.
    private func put(_ part: Part) throws(StorageError) -> [RepositoryName] {
        // What manifests say is true wherever they stand, and may go in before their repositories.
        try Parallel.ahead(
            part.further.chunks(of: Self.manifests),
            prepare: { [self] (digests) throws(StorageError) in try manifests(digests) },
            commit: { manifests in _ = write { db in for manifest in manifests { try Self.insert(manifest, db) } } })
        return write { db in
            for manifest in part.manifests { try Self.insert(manifest, db) }
            return try part.readings.filter { try !replace($0, db) }.map(\.repository)
        } ?? part.readings.map(\.repository)
    }

    private func unknown(_ readings: [RepositoryReading]) -> [Digest] {
        var seen: Set<Digest> = []
        return read { db in
            var unknown: [Digest] = []
            for reading in readings {
                for revision in reading.revisions where seen.insert(revision.digest).inserted {
                    let isKnown = try db.first(
                        "SELECT 1 FROM manifests WHERE digest = ?", .digest(revision.digest), read: { _ in true })
                    if isKnown == nil { unknown.append(revision.digest) }
                }
            }
            // In their order they go into the tables, and are found on the disk, faster.
            return unknown.sorted { $0.hex < $1.hex }
        } ?? []
    }

    /// - Returns: false when the repository has changed since it was read.
    private func replace(_ reading: RepositoryReading, _ db: Database) throws -> Bool {
        let name = reading.repository
        // Changes begin within a write of the database, so none does between this and the end.
        let work = state.withLock { $0.work[name] }
        if let work, work.inFlight > 0 || work.generation != reading.generation { return false }
        guard try RepositoryStamp(name, layout) == reading.stamp else { return false }
        let isSettled = work?.isSettled ?? true
        let stamp: IndexValue = isSettled ? .integer(reading.stamp.value) : .null
        let known = try db.first("SELECT id FROM repositories WHERE key = ?", .text(name.key)) { $0.integer(0) }
        if let known {
            try db.run("UPDATE repositories SET stamp = ?, visible = 1 WHERE id = ?", stamp, .integer(known))
        } else if reading.exists {
            try db.run("INSERT INTO repositories(key, stamp, visible) VALUES(?, ?, 1)", .text(name.key), stamp)
        }
        let id = known ?? Int(db.lastInsertedRowID)
        if reading.exists {
            try fill(id, from: reading, isNew: known == nil, db)
        } else if known != nil {
            try Self.remove(id, db)
        }
        state.withLock { state in
            state.stale.remove(name)
            if !isSettled { state.work[name]?.expected = reading.stamp }
        }
        return true
    }

    private func fill(_ id: Int, from reading: RepositoryReading, isNew: Bool, _ db: Database) throws {
        // Rows that this reading has not seen are gone.
        let scan = IndexValue.integer(Int.random(in: 1...Int.max))
        for link in reading.tags {
            try db.run(
                """
                INSERT INTO tags(repository, name, digest, moved, scan) VALUES(?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET digest = excluded.digest, moved = excluded.moved, scan = excluded.scan
                """, .integer(id), .text(link.tag.description), .digest(link.digest), .integer(link.moved), scan)
        }
        for revision in reading.revisions {
            try db.run(
                """
                INSERT INTO revisions(repository, digest, pushed, scan) VALUES(?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET scan = excluded.scan
                """, .integer(id), .digest(revision.digest), .integer(revision.pushed), scan)
        }
        for digest in reading.layers {
            try db.run(
                """
                INSERT INTO layers(repository, digest, size, scan)
                VALUES(?, ?, (SELECT size FROM refs WHERE target = ?2 AND size IS NOT NULL LIMIT 1), ?)
                ON CONFLICT DO UPDATE SET size = COALESCE(size, excluded.size), scan = excluded.scan
                """, .integer(id), .digest(digest), scan)
        }
        if isNew { return }
        let gone = try db.all("SELECT digest FROM revisions WHERE repository = ? AND scan <> ?", .integer(id), scan) {
            $0.digest(0)
        }
        for table in ["tags", "revisions", "layers"] {
            try db.run("DELETE FROM \(table) WHERE repository = ? AND scan <> ?", .integer(id), scan)
        }
        for digest in gone { try Self.forget(digest, db) }
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

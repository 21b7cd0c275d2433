import GRDB
import RegistryModel
import Synchronization

/// Repositories read anew from their folders.
extension RegistryIndex {
    /// Rows of so many manifests go in together.
    private static let batch = 4_000

    /// Reads repositories and replaces their rows.
    /// - Returns: those that changed meanwhile and are as stale as before.
    func refresh(_ repositories: [RepositoryName]) throws(StorageError) -> [RepositoryName] {
        let readings = try Parallel.map(repositories) { [self] (name) throws(StorageError) in
            try RepositoryReading(
                name, generation: state.withLock { $0.work[name]?.generation }, layout: layout)
        }
        // What manifests say is true wherever they stand, and may go in before their repositories.
        let unknown = unknown(readings)
        for start in stride(from: 0, to: unknown.count, by: Self.batch) {
            let part = Array(unknown[start..<min(start + Self.batch, unknown.count)])
            let manifests = try Parallel.map(part) { [layout] (digest) throws(StorageError) -> IndexedManifest? in
                try Disk.contents(of: layout.blob(digest), limit: Manifest.maximumSize).map {
                    IndexedManifest(bytes: $0, digest: digest)
                }
            }
            _ = write { db in for manifest in manifests.compactMap(\.self) { try Self.insert(manifest, db) } }
        }
        return write { db in
            try readings.filter { try !replace($0, db) }.map(\.repository)
        } ?? repositories
    }

    private func unknown(_ readings: [RepositoryReading]) -> [Digest] {
        var seen: Set<Digest> = []
        return read { db in
            var unknown: [Digest] = []
            for reading in readings {
                for revision in reading.revisions where seen.insert(revision.digest).inserted {
                    let isKnown = try db.first(
                        "SELECT 1 FROM manifests WHERE digest = ?", .blob(revision.digest.bytes), read: { _ in true })
                    if isKnown == nil { unknown.append(revision.digest) }
                }
            }
            return unknown
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
        try db.run(
            """
            INSERT INTO repositories(key, stamp, visible) VALUES(?, ?, 1)
            ON CONFLICT(key) DO UPDATE SET stamp = excluded.stamp, visible = 1
            """, .text(name.key), isSettled ? .integer(reading.stamp.value) : .null)
        guard
            let id = try db.first("SELECT id FROM repositories WHERE key = ?", .text(name.key), read: { $0.integer(0) })
        else { return false }
        if reading.exists {
            try fill(id, from: reading, db)
        } else {
            try Self.remove(id, db)
        }
        state.withLock { state in
            state.stale.remove(name)
            if !isSettled { state.work[name]?.expected = reading.stamp }
        }
        return true
    }

    private func fill(_ id: Int, from reading: RepositoryReading, _ db: Database) throws {
        // Rows that this reading has not seen are gone.
        let scan = IndexValue.integer(Int.random(in: 1...Int.max))
        for link in reading.tags {
            try db.run(
                """
                INSERT INTO tags(repository, name, digest, moved, scan) VALUES(?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET digest = excluded.digest, moved = excluded.moved, scan = excluded.scan
                """, .integer(id), .text(link.tag.description), .blob(link.digest.bytes), .integer(link.moved), scan)
        }
        for revision in reading.revisions {
            try db.run(
                """
                INSERT INTO revisions(repository, digest, pushed, scan) VALUES(?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET scan = excluded.scan
                """, .integer(id), .blob(revision.digest.bytes), .integer(revision.pushed), scan)
        }
        for digest in reading.layers {
            try db.run(
                """
                INSERT INTO layers(repository, digest, size, scan)
                VALUES(?, ?, (SELECT size FROM refs WHERE target = ?2 AND size IS NOT NULL LIMIT 1), ?)
                ON CONFLICT DO UPDATE SET size = COALESCE(size, excluded.size), scan = excluded.scan
                """, .integer(id), .blob(digest.bytes), scan)
        }
        let gone = try db.all("SELECT digest FROM revisions WHERE repository = ? AND scan <> ?", .integer(id), scan) {
            $0.digest(0)
        }
        for table in ["tags", "revisions", "layers"] {
            try db.run("DELETE FROM \(table) WHERE repository = ? AND scan <> ?", .integer(id), scan)
        }
        for digest in gone { try Self.forget(digest, db) }
    }
}

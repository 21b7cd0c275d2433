import GRDB
import RegistryModel

/// What nothing refers to, as the rows know it. `doomed` holds what a dry run would have removed by then.
extension RegistryIndex {
    struct Link: Sendable {
        var digest: Digest
        var size: Int
    }

    /// Repositories after a key, in their order.
    func repositoryIDs(after key: String, limit: Int) -> [(name: RepositoryName, id: Int)]? {
        read { db in
            try db.all(
                "SELECT key, id FROM repositories WHERE key > ? ORDER BY key LIMIT ?", .text(key), .integer(limit)
            ) {
                row in row.text(0).flatMap { RepositoryName(key: $0) }.map { ($0, row.integer(1)) }
            }
        }
    }

    /// Links of a repository that no manifest of it names, after a digest.
    func unusedLinks(of id: Int, after last: [UInt8], limit: Int) -> [Link]? {
        read { db in
            try db.all(
                """
                SELECT l.digest, l.size FROM layers l WHERE l.repository = ?1 AND l.digest > ?2 AND NOT EXISTS (
                    SELECT 1 FROM refs r JOIN manifests m ON m.id = r.manifest
                    JOIN revisions v ON v.repository = ?1 AND v.digest = m.digest
                    WHERE r.target = l.digest AND NOT EXISTS (
                        SELECT 1 FROM doomed d WHERE d.repository = ?1 AND d.digest = v.digest))
                ORDER BY l.digest LIMIT ?3
                """, .integer(id), .blob(last), .integer(limit)
            ) { row in row.digest(0).map { Link(digest: $0, size: row.integer(1)) } }
        }
    }

    /// Whether no manifest of the repository names the blob.
    func isUnused(_ digest: Digest, in id: Int) -> Bool? {
        read { db in
            try db.first(
                """
                SELECT NOT EXISTS (
                    SELECT 1 FROM refs r JOIN manifests m ON m.id = r.manifest
                    JOIN revisions v ON v.repository = ?1 AND v.digest = m.digest WHERE r.target = ?2)
                """, .integer(id), .digest(digest)
            ) { $0.integer(0) == 1 }
        }
    }

    /// Of these blobs, those to which nothing leads: no link, no manifest of any repository, and which are none themselves.
    func unreferenced(_ digests: [Digest]) -> [Digest]? {
        read { db in
            try digests.filter { digest in
                try db.first(
                    """
                    SELECT NOT EXISTS (
                        SELECT 1 FROM layers l WHERE l.digest = ?1 AND NOT EXISTS (
                            SELECT 1 FROM doomed d WHERE d.repository = l.repository AND d.digest = ?1))
                    AND NOT EXISTS (
                        SELECT 1 FROM revisions v WHERE v.digest = ?1 AND NOT EXISTS (
                            SELECT 1 FROM doomed d WHERE d.repository = v.repository AND d.digest = ?1))
                    AND NOT EXISTS (
                        SELECT 1 FROM refs r JOIN manifests m ON m.id = r.manifest JOIN revisions v ON v.digest = m.digest
                        WHERE r.target = ?1 AND NOT EXISTS (
                            SELECT 1 FROM doomed d WHERE d.repository = v.repository AND d.digest = v.digest))
                    """, .digest(digest)
                ) { $0.integer(0) == 1 } ?? false
            }
        }
    }

    /// Manifests of a repository that neither a tag nor another manifest that stays leads to.
    /// - Parameter cutoff: what was pushed or asked for since stays, and what it names.
    func untagged(in id: Int, before cutoff: Int) -> [Digest]? {
        read { db in
            try db.all(
                """
                WITH RECURSIVE kept(digest) AS (
                    SELECT digest FROM tags t WHERE t.repository = ?1 AND NOT EXISTS (
                        SELECT 1 FROM doomed_tags d WHERE d.repository = ?1 AND d.name = t.name)
                    UNION SELECT digest FROM revisions WHERE repository = ?1 AND MAX(pushed, COALESCE(pulled, 0)) > ?2
                    UNION SELECT r.target FROM kept k JOIN manifests m ON m.digest = k.digest
                        JOIN refs r ON r.manifest = m.id
                        JOIN revisions v ON v.repository = ?1 AND v.digest = r.target
                    UNION SELECT m.digest FROM kept k JOIN manifests m ON m.subject = k.digest
                        JOIN revisions v ON v.repository = ?1 AND v.digest = m.digest)
                SELECT digest FROM revisions WHERE repository = ?1 AND digest NOT IN (SELECT digest FROM kept)
                """, .integer(id), .integer(cutoff)
            ) { $0.digest(0) }
        }
    }

    /// The digests that the repository's tags lead to.
    func taggedDigests(in id: Int) -> Set<Digest>? {
        read { db in
            Set(try db.all("SELECT DISTINCT digest FROM tags WHERE repository = ?", .integer(id)) { $0.digest(0) })
        }
    }

    func isEmpty(_ id: Int) -> Bool? {
        read { db in
            try db.first(
                """
                SELECT NOT EXISTS (SELECT 1 FROM tags WHERE repository = ?1)
                    AND NOT EXISTS (SELECT 1 FROM revisions WHERE repository = ?1)
                    AND NOT EXISTS (SELECT 1 FROM layers WHERE repository = ?1)
                """, .integer(id)
            ) { $0.integer(0) == 1 }
        }
    }

    /// Notes what a dry run would have removed.
    func doom(_ digests: [Digest], in id: Int) {
        _ = write { db in
            for digest in digests {
                try db.run(
                    "INSERT OR IGNORE INTO doomed(repository, digest) VALUES(?, ?)", .integer(id), .digest(digest))
            }
        }
    }

    func clearDoomed() {
        _ = write { db in
            for table in ["doomed", "doomed_tags", "expired WHERE dry"] { try db.run("DELETE FROM \(table)") }
        }
    }

    // MARK: Where a collection stands

    /// Where an interrupted collection goes on.
    var collectionPlace: String? {
        read { db in try db.first("SELECT value FROM facts WHERE name = 'collection'") { $0.text(0) } }
    }

    /// - Parameter place: nil at the end.
    func noteCollection(at place: String?) {
        _ = write { db in
            guard let place else { return _ = try db.run("DELETE FROM facts WHERE name = 'collection'") }
            try db.run("INSERT OR REPLACE INTO facts(name, value) VALUES('collection', ?)", .text(place))
        }
    }
}

import GRDB
import RegistryModel

/// What retention asks of the rows, and notes in them. `expired` holds the manifests that lose their tag by it, with what
/// belongs to them, until they are gone or somebody needs them again; `doomed_tags` what a dry run would have removed.
extension RegistryIndex {
    /// Every tag of a repository.
    func tagFacts(of id: Int) -> [TagFacts]? {
        read { db in
            try db.all("\(Self.factsOfTags) WHERE t.repository = ?", .integer(id), read: Self.facts)
        }
    }

    /// One tag; nil also when there is none.
    func tagFacts(of tag: Tag, in id: Int) -> TagFacts? {
        read { db in
            try db.first(
                "\(Self.factsOfTags) WHERE t.repository = ? AND t.name = ?", .integer(id), .text(tag.description),
                read: Self.facts)
        }
    }

    private static let factsOfTags = """
        SELECT t.name, t.digest, t.moved, v.pulled FROM tags t
        LEFT JOIN revisions v ON v.repository = t.repository AND v.digest = t.digest
        """

    private static func facts(_ row: IndexRow) -> TagFacts? {
        guard let tag = row.text(0).flatMap({ Tag($0) }), let digest = row.digest(1) else { return nil }
        return TagFacts(tag: tag, digest: digest, moved: row.integer(2), pulled: row.isNull(3) ? nil : row.integer(3))
    }

    /// When this index began to count pulls, in seconds since the epoch.
    var countsPullsSince: Int? {
        read { db in try db.first("SELECT value FROM facts WHERE name = 'since'") { $0.integer(0) } }
    }

    /// Notes that the manifests lose their tag, with all of the repository that is there for their sake: an index's images,
    /// and what refers to them.
    /// - Parameter isDry: the note ends with the dry run.
    func noteExpired(_ digests: Set<Digest>, in id: Int, isDry: Bool) {
        _ = write { db in
            for digest in digests {
                try db.run(
                    """
                    WITH RECURSIVE gone(digest) AS (
                        SELECT ?2
                        UNION SELECT r.target FROM gone g JOIN manifests m ON m.digest = g.digest
                            JOIN refs r ON r.manifest = m.id
                            JOIN revisions v ON v.repository = ?1 AND v.digest = r.target
                        UNION SELECT m.digest FROM gone g JOIN manifests m ON m.subject = g.digest
                            JOIN revisions v ON v.repository = ?1 AND v.digest = m.digest)
                    INSERT OR IGNORE INTO expired(repository, digest, dry) SELECT ?1, digest, ?3 FROM gone
                    """, .integer(id), .digest(digest), .integer(isDry ? 1 : 0))
            }
        }
    }

    /// Of these manifests, those that lost their tag by retention.
    func expired(_ digests: [Digest], in id: Int) -> [Digest]? {
        read { db in
            try digests.filter { digest in
                try db.first(
                    "SELECT 1 FROM expired WHERE repository = ? AND digest = ?", .integer(id), .digest(digest),
                    read: { _ in true }) ?? false
            }
        }
    }

    func hasExpired(in id: Int) -> Bool? {
        read { db in
            try db.first("SELECT EXISTS (SELECT 1 FROM expired WHERE repository = ?)", .integer(id)) {
                $0.integer(0) == 1
            }
        }
    }

    /// Lets go of the notes on manifests that are gone, or have a tag again.
    func forgetExpired(in id: Int) {
        _ = write { db in
            try db.run(
                """
                DELETE FROM expired WHERE repository = ?1 AND (
                    EXISTS (SELECT 1 FROM tags t WHERE t.repository = ?1 AND t.digest = expired.digest)
                    OR NOT EXISTS (SELECT 1 FROM revisions v WHERE v.repository = ?1 AND v.digest = expired.digest))
                """, .integer(id))
        }
    }

    /// Notes tags that a dry run would have removed.
    func doom(_ tags: [Tag], in id: Int) {
        _ = write { db in
            for tag in tags {
                try db.run(
                    "INSERT OR IGNORE INTO doomed_tags(repository, name) VALUES(?, ?)", .integer(id),
                    .text(tag.description))
            }
        }
    }
}

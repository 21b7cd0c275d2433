import GRDB
import RegistryModel
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What is asked of the index. Every answer may be nil: then the folder is walked.
extension RegistryIndex {
    func tags(in repository: RepositoryName, limit: Int?, after last: String?) throws(StorageError) -> Page<Tag>? {
        try serve(repository) { db, id in
            let found = try db.all(
                "SELECT name FROM tags WHERE repository = ? AND name > ? ORDER BY name LIMIT ?", .integer(id),
                .text(last ?? ""), .integer(limit.map { $0 == Int.max ? $0 : $0 + 1 } ?? -1)
            ) { $0.text(0).flatMap { Tag($0) } }
            return Self.page(found, limit)
        }
    }

    /// What refers to a digest, by digest.
    func referrers(of digest: Digest, in repository: RepositoryName) throws(StorageError) -> [Descriptor]? {
        try serve(repository) { db, id in
            try db.all(
                """
                SELECT m.digest, m.media_type, m.size, m.artifact_type, m.annotations FROM manifests m
                JOIN revisions r ON r.repository = ? AND r.digest = m.digest WHERE m.subject = ? ORDER BY m.digest
                """, .integer(id), .digest(digest)
            ) { row in
                guard let digest = row.digest(0), let mediaType = row.text(1) else { return nil }
                let annotations = row.text(4).flatMap {
                    try? JSONDecoder().decode([String: String].self, from: Data($0.utf8))
                }
                return Descriptor(
                    mediaType: mediaType, digest: digest, size: row.integer(2), annotations: annotations ?? [:],
                    artifactType: row.text(3))
            }.sorted { $0.digest.description < $1.digest.description }
        }
    }

    /// Repositories in their order.
    func repositories(limit: Int?, after last: String?) -> Page<RepositoryName>? {
        guard state.withLock({ $0.isComplete }) else { return nil }
        return read { db in
            let found = try db.all(
                "SELECT key FROM repositories WHERE visible = 1 AND key > ? ORDER BY key LIMIT ?",
                .text(RepositoryName.key(last ?? "")), .integer(limit.map { $0 == Int.max ? $0 : $0 + 1 } ?? -1)
            ) { $0.text(0).flatMap { RepositoryName(key: $0) } }
            return Self.page(found, limit)
        }
    }

    /// Tags, manifests, and bytes of what a repository links, each blob once.
    func usage(of repository: RepositoryName) throws(StorageError) -> RepositoryUsage? {
        try serve(repository) { db, id in try Self.usage(id, db) }
    }

    static func usage(_ id: Int, _ db: Database) throws -> RepositoryUsage {
        func count(_ sql: String) throws -> Int { try db.first(sql, .integer(id)) { $0.integer(0) } ?? 0 }
        return RepositoryUsage(
            tags: try count("SELECT COUNT(*) FROM tags WHERE repository = ?"),
            manifests: try count("SELECT COUNT(*) FROM revisions WHERE repository = ?"),
            blobs: try count("SELECT COUNT(*) FROM layers WHERE repository = ?"),
            bytes: try count("SELECT TOTAL(size) FROM layers WHERE repository = ?"))
    }

    /// Reads a repository's rows, if they are true at this moment.
    func serve<Value>(
        _ repository: RepositoryName, _ body: (Database, Int) throws -> Value
    ) throws(StorageError) -> Value? {
        let (before, isStale) = state.withLock { ($0.work[repository], $0.stale.contains(repository)) }
        if isStale { return nil }
        let current = try RepositoryStamp(repository, layout)
        var seen: RepositoryStamp?
        let value: Value? = read { db in
            guard
                let (id, stamp) = try db.first(
                    "SELECT id, stamp FROM repositories WHERE key = ? AND visible = 1", .text(repository.key),
                    read: { ($0.integer(0), $0.isNull(1) ? nil : RepositoryStamp(value: $0.integer(1))) })
            else { return nil }
            seen = stamp
            return try body(db, id)
        }
        let after = state.withLock { $0.work[repository] }
        // A change of our own that is under way, or came between: the rows are those before or after it.
        if let after, after.inFlight > 0 || after.generation != before?.generation { return value }
        let expected = after.map { $0.isSettled ? seen : $0.expected } ?? seen
        if let after, !after.isSettled, after.expected == nil { return value }
        guard (expected ?? .nothing) == current else {
            markStale(repository)
            return nil
        }
        return value
    }

    private static func page<Element>(_ found: [Element], _ limit: Int?) -> Page<Element> {
        guard let limit, found.count > limit else { return Page(elements: found, isLast: true) }
        return Page(elements: Array(found.prefix(limit)), isLast: false)
    }
}

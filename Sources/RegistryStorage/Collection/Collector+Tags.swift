import RegistryModel
import TextFormats

/// Retention: the tags that no rule keeps go first, so that what they led to is garbage like any other.
extension Collector {
    /// So many tags go under one taking of the repository's lock.
    private static let batch = 100

    mutating func collectTags(_ repository: RepositoryName, _ id: Int) async throws {
        guard let retention, retention.concerns(repository) else { return }
        // The pulls of the last seconds count, too.
        let index = index
        try await storage.collecting.run { () throws(StorageError) in index.writePulls() }
        let facts = try index.tagFacts(of: id).orRefuse()
        guard !facts.isEmpty else { return }
        let since = try index.countsPullsSince.orRefuse()
        let verdicts = retention.verdicts(on: facts, in: repository, since: since, now: UTCTime.now().seconds)
        let byTag = Dictionary(facts.map { ($0.tag, $0) }, uniquingKeysWith: { first, _ in first })
        let leaving = verdicts.filter { !$0.isKept }.compactMap { byTag[$0.tag] }
        let gone =
            policy.isDryRun ? doom(leaving, id) : try await removeTags(leaving, repository, id)
        summary.tags += gone.count
        for verdict in verdicts where policy.isDryRun || gone.contains(verdict.tag) {
            guard let digest = byTag[verdict.tag]?.digest else { continue }
            tell(
                CollectedItem(
                    kind: .tag, repository: repository, tag: verdict.tag, digest: digest, size: 0,
                    reason: verdict.reason, isKept: verdict.isKept))
        }
    }

    private func doom(_ leaving: [TagFacts], _ id: Int) -> Set<Tag> {
        index.noteExpired(Set(leaving.map(\.digest)), in: id, isDry: true)
        index.doom(leaving.map(\.tag), in: id)
        return Set(leaving.map(\.tag))
    }

    private func removeTags(
        _ leaving: [TagFacts], _ repository: RepositoryName, _ id: Int
    ) async throws -> Set<Tag> {
        var gone: Set<Tag> = []
        for start in stride(from: 0, to: leaving.count, by: Self.batch) {
            try Task.checkCancellation()
            let part = Array(leaving[start..<min(start + Self.batch, leaving.count)])
            let copy = self
            gone.formUnion(
                try await storage.locks.exclusive(repository, on: storage.collecting) { () throws(StorageError) in
                    try copy.removeTags(part, repository, id)
                })
        }
        return gone
    }

    /// Under the repository's lock: removes the tags that are still as they were when it was decided.
    private func removeTags(
        _ leaving: [TagFacts], _ repository: RepositoryName, _ id: Int
    ) throws(StorageError) -> [Tag] {
        index.writePulls()
        var unchanged: [TagFacts] = []
        for facts in leaving where index.tagFacts(of: facts.tag, in: id) == facts {
            let path = layout.tagLink(facts.tag, repository)
            // Another registry may have moved the tag, which no stamp of the repository shows.
            guard let stamp = try Disk.stamp(path), stamp.modified / 1_000_000_000 <= facts.moved,
                try storage.link(at: path) == facts.digest
            else {
                index.markStale(repository)
                continue
            }
            unchanged.append(facts)
        }
        guard !unchanged.isEmpty else { return [] }
        index.noteExpired(Set(unchanged.map(\.digest)), in: id, isDry: false)
        let tags = unchanged.map(\.tag)
        let folders = tags.map { layout.tagFolder($0, repository) }
        try index.changing(repository) { () throws(StorageError) in
            try storage.discard(together: folders, areLeaves: false)
            return ((), tags.map { .tagGone($0) })
        }
        return tags
    }
}

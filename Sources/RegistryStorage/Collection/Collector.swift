import RegistryModel
import TextFormats

/// One run of the collection: repositories first, in their order, then blobs, folder by folder.
///
/// - Safe beside pushes: everything is looked at again under the repository's lock or the digest's guard just before it goes,
///   and what a client was told to be there within the grace period stays.
/// - Resumable: where it stands is written after each part; every part may be done twice.
/// - Memory: one folder of blobs (a 256th of all), or 500 links.
struct Collector {
    let storage: FilesystemStorage
    let policy: CollectionPolicy
    /// Nil: all tags stay.
    let retention: (any TagRetention)?
    let tell: @Sendable (CollectedItem) -> Void
    /// Seconds since the epoch: what is younger stays.
    let cutoff: Int
    var summary = CollectionSummary()

    var index: RegistryIndex { storage.index }
    var layout: StorageLayout { storage.layout }

    init(
        storage: FilesystemStorage, policy: CollectionPolicy, retention: (any TagRetention)?,
        tell: @escaping @Sendable (CollectedItem) -> Void
    ) {
        self.storage = storage
        self.policy = policy
        self.retention = retention
        self.tell = tell
        cutoff = UTCTime.now().seconds - Int(policy.grace.components.seconds)
    }

    /// - Throws: `CollectionRefusal`, `StorageError`, or `CancellationError` between two parts.
    mutating func run() async throws {
        index.clearDoomed()
        // A dry run has no place of its own.
        let place = policy.isDryRun ? nil : index.collectionPlace
        let isAmongBlobs = place?.hasPrefix("blobs/") ?? false
        if !isAmongBlobs {
            var key = place.map { String($0.dropFirst("repositories/".count)) } ?? ""
            while case let part = try index.repositoryIDs(after: key, limit: 100).orRefuse(), let last = part.last {
                for repository in part {
                    try await proceed()
                    try await collect(repository.name, repository.id)
                }
                key = last.name.key
                note("repositories/\(key)")
            }
        }
        try await collectBlobs(after: isAmongBlobs ? place.map { String($0.dropFirst("blobs/".count)) } ?? "" : "")
        if policy.isDryRun { index.clearDoomed() } else { index.noteCollection(at: nil) }
    }

    private func note(_ place: String) {
        if !policy.isDryRun { index.noteCollection(at: place) }
    }

    /// To be called before each part: the index must be true.
    private func proceed() async throws {
        try Task.checkCancellation()
        if !index.isReady { try await storage.makeReady() }
    }

    // MARK: Blobs

    private mutating func collectBlobs(after place: String) async throws {
        for algorithm in DigestAlgorithm.allCases {
            let names = try await storage.collecting.run { [layout] () throws(StorageError) in
                try Disk.entries(of: "\(layout.blobs)/\(algorithm.rawValue)") ?? []
            }.filter(\.isFolder).map(\.name).sorted()
            for name in names where "\(algorithm.rawValue)/\(name)" > place {
                try await proceed()
                let copy = self
                summary = try await storage.collecting.run { () throws(StorageError) in
                    var collector = copy
                    try collector.collectBlobs(algorithm, "\(collector.layout.blobs)/\(algorithm.rawValue)/\(name)")
                    return collector.summary
                }
                note("blobs/\(algorithm.rawValue)/\(name)")
            }
        }
    }

    private mutating func collectBlobs(_ algorithm: DigestAlgorithm, _ folder: String) throws(StorageError) {
        let entries = try Disk.entries(of: folder) ?? []
        // In the order of the rows: neighbours are on one page.
        let digests = entries.map(\.name).sorted().compactMap { Digest(algorithm: algorithm, hex: $0) }
        summary.examined += digests.count
        guard let candidates = index.unreferenced(digests) else { return }
        for digest in candidates {
            guard let stamp = try Disk.stamp(layout.blob(digest)) else {
                // Left by a collection that was killed between the file and its folder.
                if !policy.isDryRun { removeFolder(digest) }
                continue
            }
            guard stamp.modified / 1_000_000_000 <= cutoff else {
                summary.young += 1
                continue
            }
            if !policy.isDryRun, try !remove(digest) { continue }
            summary.blobs += 1
            summary.bytes += stamp.size
            tell(
                CollectedItem(
                    kind: .blob, digest: digest, size: stamp.size,
                    reason: "no manifest names it and no repository links it"))
        }
    }

    private func removeFolder(_ digest: Digest) {
        try? storage.guards.exclusive(digest) { () throws(StorageError) in
            _ = Disk.removeEmpty(layout.blobFolder(digest))
        }
    }

    /// Removes a blob, unless somebody has come to rely on it meanwhile. Not synced: a blob that comes back after a power cut
    /// is garbage as before.
    private func remove(_ digest: Digest) throws(StorageError) -> Bool {
        try storage.guards.exclusive(digest) { () throws(StorageError) in
            guard index.unreferenced([digest]) == [digest], let stamp = try Disk.stamp(layout.blob(digest)),
                stamp.modified / 1_000_000_000 <= cutoff
            else { return false }
            storage.ledger.forget(layout.blobFolder(digest))
            try Disk.remove(layout.blob(digest))
            _ = Disk.removeEmpty(layout.blobFolder(digest))
            return true
        }
    }
}

extension Optional {
    /// Rows that could not be read end a collection: it never guesses.
    func orRefuse() throws(CollectionRefusal) -> Wrapped {
        guard let self else { throw .indexIncomplete }
        return self
    }
}

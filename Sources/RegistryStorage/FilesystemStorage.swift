import RegistryModel
import Synchronization
import TextFormats

/// The registry's content on a file system, in distribution's layout, so that either can be started on the other's folder.
///
/// - Threads: every call blocks on one of two bounded pools, one for reads and one for what syncs: a slow disk under pushes
///   does not hold up pulls.
/// - Memory: one batch of 256 KiB per upload and per read, and a bounded cache of manifests.
/// - Source: distribution's `registry/storage`; the layout is in `StorageLayout`.
package final class FilesystemStorage: RegistryStore {
    let layout: StorageLayout
    let ledger = FolderLedger()
    let desk: SyncDesk
    /// Below this many new bytes no state of an upload is saved: reading them again costs less than the sync for it.
    let stateStep: Int
    let reads: BlockingPool
    let writes: BlockingPool
    let cache: ManifestCache
    let sessions = UploadSessions()
    /// Uploads whose bytes are coming in.
    let receiving = Atomic<Int>(0)
    let subjects = SubjectCache()
    let locks = RepositoryLocks()
    let guards = DigestGuards()
    package let index: RegistryIndex
    /// The index's own thread: rebuilding takes none from pulls and pushes.
    let indexing = BlockingPool(threads: 1)
    /// The collection's own.
    let collecting = BlockingPool(threads: 1)
    let isCollecting = Mutex(false)
    /// Seconds; see `isVouched`.
    let vouchAge = Mutex(300)
    let verified = VerifiedBlobs()

    /// Opens the folder, making what is missing, and clears what a crash has left in staging.
    /// - Parameters:
    ///   - cacheSize: bytes of manifests that are kept in memory.
    ///   - notify: told of the background work's findings.
    package convenience init(
        root: String, cacheSize: Int = 8 << 20, notify: @escaping @Sendable (StorageNotice) -> Void = { _ in }
    ) throws(StorageError) {
        try self.init(root: root, cacheSize: cacheSize, desk: SyncDesk(), notify: notify)
    }

    init(
        root: String, cacheSize: Int = 8 << 20, desk: SyncDesk, stateStep: Int = 1 << 20,
        notify: @escaping @Sendable (StorageNotice) -> Void = { _ in }
    ) throws(StorageError) {
        self.desk = desk
        self.stateStep = stateStep
        layout = StorageLayout(root: root)
        reads = BlockingPool(threads: 8)
        writes = BlockingPool(threads: 16)
        cache = ManifestCache(capacity: cacheSize)
        try Self.prepare(layout, ledger, desk)
        index = RegistryIndex(layout: layout, notify: notify)
        index.begin()
    }

    private static func prepare(
        _ layout: StorageLayout, _ ledger: FolderLedger, _ desk: SyncDesk
    ) throws(StorageError) {
        var missing: [String] = []
        var top = layout.root
        while try Disk.makeFolder(top) == nil {
            missing.append(top)
            top = Disk.parent(of: top)
        }
        var change = DurableChange(ledger: ledger, desk: desk, staging: layout.staging, top: top)
        for folder in missing.reversed() { try change.makeFolder(folder) }
        for folder in [layout.blobs, layout.repositories, layout.staging] { try change.makeFolder(folder) }
        // The topmost folder may be one that has just been made.
        if top != "/" { change.touch(Disk.parent(of: top)) }
        try change.sync()
        try clearStaging(layout)
    }

    /// Removes what is older than an hour: another process of ours may be at work on what is younger.
    static func clearStaging(_ layout: StorageLayout, olderThan age: Int = 3_600) throws(StorageError) {
        let limit = UTCTime.now().seconds - age
        for entry in try Disk.entries(of: layout.staging) ?? [] {
            let path = "\(layout.staging)/\(entry.name)"
            guard let stamp = try Disk.stamp(path), stamp.changed / 1_000_000_000 < limit else { continue }
            if entry.isFolder { try Disk.removeTree(path) } else { try Disk.remove(path) }
        }
    }

    /// A change of names below the root.
    func change() -> DurableChange {
        DurableChange(ledger: ledger, desk: desk, staging: layout.staging, top: layout.base)
    }

    /// The digest in a link file.
    /// - Returns: nil when there is none, or the file holds none (as a crash may leave it under another registry).
    func link(at path: String) throws(StorageError) -> Digest? {
        guard let bytes = try Disk.contents(of: path, limit: 256) else { return nil }
        var text = Substring(decoding: bytes, as: UTF8.self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return Digest(text)
    }

    /// Makes a link file, unless it stands already as it should.
    func writeLink(
        to digest: Digest, at path: String, _ change: inout DurableChange, isLasting: Bool = false
    ) throws(StorageError) {
        if try link(at: path) == digest {
            change.confirm(file: path)
        } else {
            try change.write(Array(digest.description.utf8), at: path, isLasting: isLasting)
        }
    }

    /// Takes a folder out of sight in one step, durably, then removes it.
    /// - Returns: false when it was not there.
    func discard(_ folder: String) throws(StorageError) -> Bool {
        let passing = "\(layout.staging)/\(UploadID())"
        ledger.forget(below: folder)
        guard try Disk.rename(folder, to: passing) else { return false }
        var change = change()
        change.touch(Disk.parent(of: folder))
        try change.sync()
        try Disk.removeTree(passing)
        return true
    }

    /// A repository is there while it has manifests or layers.
    func exists(_ repository: RepositoryName) throws(StorageError) -> Bool {
        if try Disk.exists(layout.manifests(repository)) { return true }
        return try Disk.exists(layout.layers(repository))
    }

    package func checkWritable() async throws(StorageError) {
        let layout = layout
        try await writes.run { () throws(StorageError) in
            let path = "\(layout.staging)/\(UploadID())"
            defer { try? Disk.remove(path) }
            guard let file = try OpenFile(path, .create) else {
                throw .io(operation: "create", path: path, errno: 2)
            }
            try file.write([0])
        }
    }
}

/// A change of names on the disk that is to be durable: makes folders, puts files under their names, and remembers
/// which folders must be synced for that. Nothing is durable before `sync()` has returned.
struct DurableChange {
    private let ledger: FolderLedger
    private let staging: String
    private let top: String
    private var unsynced: [String] = []
    private var made: [String] = []

    /// - Parameter top: the folder that exists for certain; no folder above it is ever synced.
    init(ledger: FolderLedger, staging: String, top: String) {
        self.ledger = ledger
        self.staging = staging
        self.top = top
    }

    /// Makes a folder and those above it.
    /// - Parameter isLasting: false for folders with one file (there are too many to remember them).
    mutating func makeFolder(_ path: String, isLasting: Bool = true) throws(StorageError) {
        if path == top || ledger.knows(path) {
            // Known to have been there; whether it still is shows when a file is put into it.
            return
        }
        let parent = Disk.parent(of: path)
        // Another request's delete may take the parent away at any moment: then it is made again.
        for _ in 0..<32 {
            guard let isNew = try Disk.makeFolder(path) else {
                ledger.forget(parent)
                try makeFolder(parent)
                continue
            }
            if !isNew { confirm(parent) }
            touch(parent)
            if isLasting { made.append(path) }
            return
        }
        throw .io(operation: "make the folder", path: path, errno: 2)
    }

    /// Makes sure of a folder that was found to be there, as another request may have made it a moment ago, without sync.
    mutating func confirm(_ path: String) {
        var path = path
        while path != top && path.count > top.count && !ledger.knows(path) {
            path = Disk.parent(of: path)
            touch(path)
        }
    }

    /// Notes that a name in the folder has changed.
    mutating func touch(_ folder: String) {
        if !unsynced.contains(folder) { unsynced.append(folder) }
    }

    /// Moves a file, whose data are synced, to its name. Folders that vanish meanwhile (another request's delete) are made
    /// again.
    mutating func place(_ source: String, at path: String, isLasting: Bool = true) throws(StorageError) {
        let folder = Disk.parent(of: path)
        for _ in 0..<32 {
            try makeFolder(folder, isLasting: isLasting)
            if try Disk.rename(source, to: path) {
                touch(folder)
                return
            }
            guard try Disk.exists(source) else { throw .io(operation: "rename", path: source, errno: 2) }
            forgetAbove(folder)
        }
        throw .io(operation: "rename \(source) to", path: path, errno: 2)
    }

    /// Writes a small file under a passing name, syncs it, and moves it to its own: readers see the old or the new, whole.
    mutating func write(_ bytes: [UInt8], at path: String, isLasting: Bool = true) throws(StorageError) {
        let passing = "\(staging)/\(UploadID())"
        do throws(StorageError) {
            try Self.writeNew(bytes, at: passing)
            try place(passing, at: path, isLasting: isLasting)
        } catch {
            try? Disk.remove(passing)
            throw error
        }
    }

    /// Syncs every folder in which a name has changed.
    mutating func sync() throws(StorageError) {
        for folder in unsynced {
            // A folder that is gone again has nothing to keep: what stood in it was removed by another request.
            guard let file = try OpenFile(folder, .folder) else { continue }
            try file.sync()
        }
        ledger.learn(made)
        unsynced = []
        made = []
    }

    private static func writeNew(_ bytes: [UInt8], at path: String) throws(StorageError) {
        var file = try OpenFile(path, .create)
        if file == nil {
            // The staging folder itself is gone: somebody tidied up behind our back.
            _ = try Disk.makeFolder(Disk.parent(of: path))
            file = try OpenFile(path, .create)
        }
        guard let file else { throw .io(operation: "create", path: path, errno: 2) }
        var failure: StorageError?
        bytes.withUnsafeBytes { buffer in
            do throws(StorageError) { try file.write(buffer, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.syncData()
    }

    private func forgetAbove(_ folder: String) {
        var folder = folder
        while folder != top && folder.count > top.count {
            ledger.forget(folder)
            folder = Disk.parent(of: folder)
        }
    }
}

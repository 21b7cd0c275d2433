/// A change of names on the disk that is to be durable: files are written and moves noted first, then `sync()` brings the
/// files to the disk, gives them their names, and syncs the folders in which a name has changed. So a change costs two
/// waits for the disk, however many files it has: a journal takes the first of each kind, and the rest with it.
///
/// Not by syncfs(2): measured, it gives 1.3 times the small images on a quiet disk, and beside a program that writes a few
/// hundred MB/s without syncing a twentieth of them, because it waits for that program's bytes too.
///
/// Nothing is durable before `sync()` has returned; readers see an old file or the new one, whole. All folders are made
/// before the first file gets its name: a disk that has no room for one refuses the change while nobody can see any of it.
struct DurableChange: ~Copyable {
    private struct Move {
        var source: String
        var path: String
        var isLasting: Bool
        /// Its folder is there, or was a moment ago.
        var isReady = false
    }

    private let ledger: FolderLedger
    private let desk: SyncDesk
    private let staging: String
    private let top: String
    private var staged: [StagedFile] = []
    private var unsyncedFiles: [StagedFile] = []
    private var moves: [Move] = []
    private var unsynced: [String] = []
    private var made: [String] = []
    private var settling: [(path: String, ticket: Int)] = []
    /// Folders that are new, while no file of this change has its name.
    private var new: [String] = []

    /// - Parameter top: the folder that exists for certain; no folder above it is ever synced.
    init(ledger: FolderLedger, desk: SyncDesk, staging: String, top: String) {
        self.ledger = ledger
        self.desk = desk
        self.staging = staging
        self.top = top
    }

    /// A change that was given up leaves nothing in the staging folder, and no folder that is empty. Whoever has found one
    /// of them meanwhile, and misses it, makes it again.
    deinit {
        for file in staged { try? Disk.remove(file.path) }
        for folder in new.reversed() {
            ledger.forget(folder)
            _ = Disk.removeEmpty(folder)
        }
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
            if isNew { new.append(path) }
            // Ours or not, new or not: the parent may be one that another request has made and not synced yet.
            confirm(parent)
            touch(parent)
            if isLasting { made.append(path) }
            return
        }
        throw .io(operation: "make the folder", path: path, errno: 2)
    }

    /// Makes sure of a folder that was found to be there, as another request may have made it a moment ago, without sync.
    mutating func confirm(_ path: String, isLasting: Bool = true) {
        var path = path
        var isLasting = isLasting
        while path != top && path.count > top.count && !ledger.knows(path) {
            if isLasting { made.append(path) }
            isLasting = true
            path = Disk.parent(of: path)
            touch(path)
        }
    }

    /// Notes that a name in the folder has changed.
    mutating func touch(_ folder: String) {
        if !unsynced.contains(folder) { unsynced.append(folder) }
    }

    /// Makes sure of a file that was found under its name: it may be another request's that is still being synced.
    mutating func confirm(file path: String) {
        let folder = Disk.parent(of: path)
        if ledger.isSettled(folder) { return }
        confirm(folder, isLasting: false)
        touch(folder)
        if let ticket = ledger.watch(folder) { settling.append((folder, ticket)) }
    }

    /// Notes that a file, whose bytes are synced before `sync()`, is to get this name.
    mutating func move(_ source: String, to path: String, isLasting: Bool = true) {
        moves.append(Move(source: source, path: path, isLasting: isLasting))
    }

    /// Writes a small file that `sync()` brings to its name.
    mutating func write(_ bytes: [UInt8], at path: String, isLasting: Bool = true) throws(StorageError) {
        let file = try StagedFile(bytes, in: staging)
        staged.append(file)
        unsyncedFiles.append(file)
        move(file.path, to: path, isLasting: isLasting)
    }

    /// Syncs the bytes of what has been written, and nothing else yet.
    mutating func syncFiles() throws(StorageError) {
        for file in unsyncedFiles { try file.sync(desk) }
        unsyncedFiles = []
    }

    /// Makes the folders of all files that wait for their names: what comes after it needs no room on the disk.
    mutating func makeFolders() throws(StorageError) {
        for index in moves.indices where !moves[index].isReady {
            try makeFolder(Disk.parent(of: moves[index].path), isLasting: moves[index].isLasting)
            moves[index].isReady = true
        }
    }

    /// Gives the files their names without waiting for the folders: for what nobody was promised.
    mutating func placeOnly() throws(StorageError) {
        try syncFiles()
        try makeFolders()
        for move in moves { try place(move) }
        moves = []
        staged = []
        new = []
    }

    /// Makes all of it durable.
    mutating func sync() throws(StorageError) {
        try placeOnly()
        for folder in unsynced { try desk.sync(folder: folder) }
        ledger.learn(made)
        ledger.settle(settling)
        settling = []
        unsynced = []
        made = []
    }

    /// Moves a file to its name. Folders that vanish meanwhile (another request's delete) are made again.
    private mutating func place(_ move: Move) throws(StorageError) {
        let folder = Disk.parent(of: move.path)
        for attempt in 0..<32 {
            if attempt > 0 || !move.isReady { try makeFolder(folder, isLasting: move.isLasting) }
            if let ticket = try rename(move, in: folder) {
                touch(folder)
                settling.append((folder, ticket))
                return
            }
            guard try Disk.exists(move.source) else { throw .io(operation: "rename", path: move.source, errno: 2) }
            forgetAbove(folder)
        }
        throw .io(operation: "rename \(move.source) to", path: move.path, errno: 2)
    }

    /// - Returns: the ticket of the folder's change; nil when the file or the folder is not there.
    private func rename(_ move: Move, in folder: String) throws(StorageError) -> Int? {
        ledger.beginChange(folder)
        do throws(StorageError) {
            let isPlaced = try Disk.rename(move.source, to: move.path)
            let ticket = ledger.endChange(folder)
            return isPlaced ? ticket : nil
        } catch {
            _ = ledger.endChange(folder)
            throw error
        }
    }

    private func forgetAbove(_ folder: String) {
        var folder = folder
        while folder != top && folder.count > top.count {
            ledger.forget(folder)
            folder = Disk.parent(of: folder)
        }
    }
}

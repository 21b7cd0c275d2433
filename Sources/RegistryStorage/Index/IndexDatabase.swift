import GRDB
import Glibc
import RegistryModel
import TextFormats

/// The index's SQLite file, opened. It is a cache: whatever is wrong with it, it is deleted and made anew.
///
/// - Durability: a process's end loses nothing; a power cut loses the last transactions, never their order
///   (`synchronous = NORMAL`), which the stamps then show. OFF might leave a file that is wrong without telling.
final class IndexDatabase: Sendable {
    let pool: DatabasePool
    private let path: String
    private let identity: Disk.Stamp

    /// Opens the file, or makes it when there is none, or none of this version.
    /// - Throws: `DatabaseError` or `StorageError`.
    init(_ layout: StorageLayout, readers: Int) throws {
        path = layout.index
        if try Disk.makeFolder(Disk.parent(of: path)) == true { chmod(Disk.parent(of: path), 0o700) }
        var opened = try Self.open(path, readers: readers)
        if try !Self.isOfThisVersion(opened) {
            try opened.close()
            Self.delete(layout)
            opened = try Self.open(path, readers: readers)
        }
        pool = opened
        guard let stamp = try Disk.stamp(path) else {
            throw StorageError.io(operation: "open", path: path, errno: ENOENT)
        }
        identity = stamp
    }

    /// Whether the file is still the one that was opened.
    var isInPlace: Bool {
        guard let stamp = try? Disk.stamp(path) else { return false }
        return stamp.inode == identity.inode && stamp.device == identity.device
    }

    static func delete(_ layout: StorageLayout) {
        for ending in ["", "-wal", "-shm"] { try? Disk.remove(layout.index + ending) }
    }

    private static func open(_ path: String, readers: Int) throws -> DatabasePool {
        // SQLite gives its further files the mode of the first.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            fchmod(descriptor, 0o600)
            close(descriptor)
        }
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(2)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = -8000") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = FILE")
        }
        return pool
    }

    /// Makes the tables in an empty file.
    private static func isOfThisVersion(_ pool: DatabasePool) throws -> Bool {
        try pool.write { db in
            let version = try db.first("PRAGMA user_version") { $0.integer(0) } ?? 0
            if version == IndexSchema.version { return true }
            let tables = try db.first("SELECT COUNT(*) FROM sqlite_master") { $0.integer(0) } ?? 0
            guard version == 0, tables == 0 else { return false }
            try db.execute(sql: IndexSchema.statements)
            // Pulls are known from here on.
            try db.run("INSERT INTO facts(name, value) VALUES('since', ?)", .integer(UTCTime.now().seconds))
            try db.execute(sql: "PRAGMA user_version = \(IndexSchema.version)")
            return true
        }
    }
}

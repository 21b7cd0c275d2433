import CLinux
import Glibc

/// The storage's calls on names of the file system. All block: only for the storage's threads.
enum Disk {
    /// What identifies one version of a small file: any change to it changes this.
    struct Stamp: Equatable, Sendable {
        var device: UInt
        var inode: UInt
        var size: Int
        var modified: Int
        var changed: Int
    }

    /// - Returns: nil when nothing has this name.
    static func stamp(_ path: String) throws(StorageError) -> Stamp? {
        var status = clinux_status()
        guard clinux_stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemErrors.failure("look at", path)
        }
        return Stamp(
            device: UInt(status.device), inode: UInt(status.inode), size: Int(status.size),
            modified: Int(status.modified), changed: Int(status.changed))
    }

    static func exists(_ path: String) throws(StorageError) -> Bool { try stamp(path) != nil }

    /// - Returns: true when the folder is new, false when it was there, nil when its parent does not exist.
    static func makeFolder(_ path: String) throws(StorageError) -> Bool? {
        if mkdir(path, 0o777) == 0 { return true }
        switch errno {
        case EEXIST: return false
        case ENOENT: return nil
        default: throw SystemErrors.failure("make the folder", path)
        }
    }

    /// Replaces whatever file has the new name.
    /// - Returns: false when the old name, or the new one's folder, does not exist.
    static func rename(_ old: String, to new: String) throws(StorageError) -> Bool {
        if Glibc.rename(old, new) == 0 { return true }
        guard errno == ENOENT else { throw SystemErrors.failure("rename \(old) to", new) }
        return false
    }

    /// Removes a file; one that is not there is no error.
    static func remove(_ path: String) throws(StorageError) {
        guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
            throw SystemErrors.failure("remove", path)
        }
    }

    /// Removes a folder and all that is in it; one that is not there is no error.
    /// What a request that found the folder a moment ago still puts into it goes too.
    static func removeTree(_ path: String) throws(StorageError) {
        for _ in 0..<32 {
            for entry in try entries(of: path) ?? [] {
                let child = "\(path)/\(entry.name)"
                if entry.isFolder { try removeTree(child) } else { try remove(child) }
            }
            if rmdir(path) == 0 || errno == ENOENT { return }
            guard errno == ENOTEMPTY || errno == EEXIST else { throw SystemErrors.failure("remove the folder", path) }
        }
    }

    /// Removes a folder, unless something is in it.
    /// - Returns: whether it is gone.
    static func removeEmpty(_ path: String) -> Bool { rmdir(path) == 0 || errno == ENOENT }

    /// A name in a folder.
    struct Entry: Sendable {
        var name: String
        var isFolder: Bool
    }

    /// The names in a folder, unsorted, without `.` and `..`.
    /// - Returns: nil when the folder does not exist.
    static func entries(of path: String) throws(StorageError) -> [Entry]? {
        guard let stream = opendir(path) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemErrors.failure("list", path)
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemErrors.failure("list", path) }
                return entries
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var isFolder = entry.pointee.d_type == UInt8(DT_DIR)
            if entry.pointee.d_type == UInt8(DT_UNKNOWN) {
                var status = clinux_status()
                isFolder = clinux_lstat("\(path)/\(name)", &status) == 0 && status.is_folder
            }
            entries.append(Entry(name: name, isFolder: isFolder))
        }
    }

    /// The folder that a path stands in.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// All bytes of a small file.
    /// - Returns: nil when it does not exist.
    static func contents(of path: String, limit: Int) throws(StorageError) -> [UInt8]? {
        guard let file = try OpenFile(path, .read) else { return nil }
        let size = min(try file.size(), limit)
        guard size > 0 else { return [] }
        var failure: StorageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            do throws(StorageError) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Bytes that are free for the registry, and of all.
    static func space(_ path: String) -> (free: Int, total: Int)? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return (Int(status.f_bavail) * Int(status.f_frsize), Int(status.f_blocks) * Int(status.f_frsize))
    }
}

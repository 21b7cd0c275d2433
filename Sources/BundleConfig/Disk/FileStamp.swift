import CLinux

/// By what it shows that a file has changed, and what kind of file it is.
package struct FileStamp: Sendable, Equatable {
    /// Permission bits.
    package let mode: UInt32
    package let isFolder: Bool
    package let size: Int
    private let inode: UInt64
    /// Nanoseconds since 1970: of the content's and of the file's last change.
    private let modified: Int64
    private let changed: Int64

    /// Nil when there is no such file, or it may not be looked at.
    package init?(_ path: String) {
        var status = clinux_status()
        guard clinux_stat(path, &status) == 0 else { return nil }
        mode = status.mode
        isFolder = status.is_folder
        size = Int(status.size)
        inode = status.inode
        modified = status.modified
        changed = status.changed
    }
}

internal import Glibc

/// The path of a bound unix socket, remembered with its identity: removing it never removes another's.
struct SocketPath {
    private let name: String
    private let device: UInt64
    private let inode: UInt64

    /// Takes the identity of what stands at `name` now; nil when nothing does.
    init?(_ name: String) {
        var status = stat()
        guard lstat(name, &status) == 0 else { return nil }
        self.name = name
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    func remove() {
        var status = stat()
        if lstat(name, &status) == 0, UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode { unlink(name) }
    }
}

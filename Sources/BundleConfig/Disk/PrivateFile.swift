import CLinux
import Glibc

/// Files that hold secrets, and the folders around them: read whole, written in one step, never half there.
package enum PrivateFile {
    /// What a configuration, a key or a certificate file may hold at most.
    static let sizeLimit = 4 << 20

    /// The whole text of a file.
    package static func read(_ path: String) throws(DiskError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError("read", path: path, errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DiskError("read", path: path, errno: errno) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= sizeLimit else {
                throw DiskError(problem: "\(path) is larger than \(sizeLimit >> 20) MiB", remedy: "Name the right file")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DiskError(problem: "\(path) is not UTF-8 text", remedy: "Save it as UTF-8")
        }
        return text
    }

    package static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// The permission bits; nil when there is no such file.
    static func mode(_ path: String) -> UInt32? {
        var status = clinux_status()
        guard clinux_stat(path, &status) == 0 else { return nil }
        return status.mode
    }

    /// The bits by which others than the owner can reach a file, in octal, when there are any: `0644`.
    package static func wideMode(_ path: String) -> String? {
        guard let mode = mode(path), mode & 0o077 != 0 else { return nil }
        return "0" + String(mode, radix: 8)
    }

    /// Makes a folder and those above it. One that is there stays as it is.
    package static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(DiskError) {
        var status = clinux_status()
        if clinux_stat(path, &status) == 0 {
            guard status.is_folder else { throw DiskError("make", path: path, errno: ENOTDIR) }
            return
        }
        let parent = FilePath.parent(of: path)
        if parent != path { try makeFolder(parent, mode: mode == 0o700 ? 0o755 : mode) }
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw DiskError("make", path: path, errno: errno) }
        // The umask may have taken bits away; a folder that is ours gets exactly what it should have.
        guard chmod(path, mode) == 0 else { throw DiskError("set the mode of", path: path, errno: errno) }
    }

    /// Writes a file so that it is there whole or not at all, even after a power cut.
    /// - Parameter replacing: whether a file that is there is replaced; otherwise it stays and this returns false.
    /// - Durable: file and folder are synced before this returns.
    @discardableResult
    package static func write(
        _ contents: String, to path: String, mode: UInt32 = 0o600, replacing: Bool = false
    ) throws(DiskError) -> Bool {
        var random = SystemRandomNumberGenerator()
        let temporary = "\(path).\(String(random.next(), radix: 36)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw DiskError("write", path: temporary, errno: errno) }
        defer { unlink(temporary) }
        try fill(descriptor, with: Array(contents.utf8), mode: mode, path: temporary)
        if replacing {
            guard rename(temporary, path) == 0 else { throw DiskError("write", path: path, errno: errno) }
        } else if link(temporary, path) != 0 {
            let code = errno
            if code == EEXIST { return false }
            // A file system without links: renamed, which would replace only what came into being this very moment.
            guard [EPERM, ENOTSUP, ENOSYS].contains(code), !exists(path), rename(temporary, path) == 0 else {
                throw DiskError("write", path: path, errno: code)
            }
        }
        try syncFolder(FilePath.parent(of: path))
        return true
    }

    /// Writes, syncs and closes a new file.
    private static func fill(
        _ descriptor: CInt, with bytes: [UInt8], mode: UInt32, path: String
    ) throws(DiskError) {
        defer { close(descriptor) }
        guard fchmod(descriptor, mode) == 0 else { throw DiskError("write", path: path, errno: errno) }
        try writeAll(bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw DiskError("sync", path: path, errno: errno) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: CInt, path: String) throws(DiskError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskError("write", path: path, errno: errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func syncFolder(_ path: String) throws(DiskError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError("sync", path: path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError("sync", path: path, errno: errno) }
    }
}

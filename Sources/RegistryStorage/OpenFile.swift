import CLinux
import Glibc

/// An open file or folder. Closes when it goes out of scope. All calls block: only for the storage's threads.
struct OpenFile: ~Copyable {
    let descriptor: CInt
    let path: String

    /// How to open.
    enum Mode {
        case read
        case folder
        case readWrite
        /// A new file; one that exists is an error.
        case create
    }

    /// - Returns: nil when the file does not exist.
    init?(_ path: String, _ mode: Mode) throws(StorageError) {
        let flags: CInt
        switch mode {
        case .read: flags = O_RDONLY | O_CLOEXEC
        case .folder: flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        case .readWrite: flags = O_RDWR | O_CLOEXEC
        case .create: flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
        }
        let result = SystemErrors.retrying { Int(open(path, flags, 0o666)) }
        guard result >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemErrors.failure("open", path)
        }
        descriptor = CInt(result)
        self.path = path
    }

    deinit { close(descriptor) }

    borrowing func size() throws(StorageError) -> Int {
        var status = clinux_status()
        guard clinux_fstat(descriptor, &status) == 0 else { throw SystemErrors.failure("look at", path) }
        return Int(status.size)
    }

    /// Takes the file for one writer, in this process and in others.
    /// - Returns: false when another holds it.
    borrowing func lock() throws(StorageError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw SystemErrors.failure("lock", path) }
        return false
    }

    /// Gives the file back before it is closed.
    borrowing func unlock() {
        flock(descriptor, LOCK_UN)
    }

    /// Writes all of the bytes at an offset.
    borrowing func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = SystemErrors.retrying { pwrite(descriptor, part.baseAddress, part.count, off_t(offset + done)) }
            guard count > 0 else { throw SystemErrors.failure("write", path) }
            done += count
        }
    }

    /// Writes all of a new file.
    borrowing func write(_ bytes: [UInt8]) throws(StorageError) {
        var failure: StorageError?
        bytes.withUnsafeBytes { buffer in
            do throws(StorageError) { try write(buffer, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Reads up to the buffer's size at an offset; fewer only at the end of the file.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StorageError) -> Int {
        var done = 0
        while done < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = SystemErrors.retrying { pread(descriptor, part.baseAddress, part.count, off_t(offset + done)) }
            guard count >= 0 else { throw SystemErrors.failure("read", path) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads what is in memory, without waiting for the disk: 0 where nothing is, or the file system cannot tell.
    /// - Source: preadv2(2), RWF_NOWAIT.
    borrowing func readCached(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        max(0, Int(clinux_read_cached(descriptor, buffer.baseAddress, Int64(buffer.count), Int64(offset))))
    }

    /// Data, and the metadata that is needed to find it again, reach the disk before this returns.
    borrowing func syncData() throws(StorageError) {
        guard SystemErrors.retrying({ Int(fdatasync(descriptor)) }) == 0 else {
            throw SystemErrors.failure("sync", path)
        }
    }

    /// Everything of the file or folder reaches the disk before this returns.
    borrowing func sync() throws(StorageError) {
        guard SystemErrors.retrying({ Int(fsync(descriptor)) }) == 0 else { throw SystemErrors.failure("sync", path) }
    }

    /// Lets the kernel begin to write a range to the disk. A hint: its failure shows in the sync that follows.
    borrowing func startWriteBack(from offset: Int, count: Int) {
        _ = clinux_start_write_back(descriptor, Int64(offset), Int64(count))
    }
}

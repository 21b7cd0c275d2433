import Glibc
import NIOCore

/// A file that is being served. Closed when nothing refers to it any more.
final class OpenDocument: Sendable {
    private let descriptor: CInt
    let name: String
    let size: Int
    /// Seconds since the epoch.
    let modified: Int
    /// Changes whenever the file is replaced or written: inode, time and size.
    let etag: String

    init(descriptor: CInt, name: String, size: Int, modified: Int, inode: UInt64, nanoseconds: Int) {
        self.descriptor = descriptor
        self.name = name
        self.size = size
        self.modified = modified
        etag =
            "\"\(String(inode, radix: 16))-\(String(modified, radix: 16))\(String(nanoseconds, radix: 16))-"
            + "\(String(size, radix: 16))\""
    }

    deinit {
        close(descriptor)
    }

    /// Reads up to `count` bytes; fewer at the end of the file, none on an error. Blocks.
    func read(at offset: Int, count: Int) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { pointer in
            max(0, pread(descriptor, pointer.baseAddress, min(count, pointer.count), off_t(offset)))
        }
        return buffer
    }
}

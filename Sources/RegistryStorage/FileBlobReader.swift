import NIOCore
import RegistryModel
import Synchronization

/// A blob's file, read on the storage's threads.
///
/// - Memory: three buffers of the largest part that was asked for. They are used again as soon as whoever sends them has let go,
///   so that a long download costs no allocations, whatever thread each part is read on.
final class FileBlobReader: BlobReader {
    /// A buffer that is filled again and again.
    ///
    /// `@unchecked Sendable`: a reader's reads follow one another, and each takes the next buffer of the ring.
    private final class Part: @unchecked Sendable {
        private var buffer = ByteBuffer()

        func fill(from file: borrowing OpenFile, at offset: Int, count: Int) throws(StorageError) -> ByteBuffer {
            // Storage that is still being sent is left to its sender, and replaced here.
            buffer.clear(minimumCapacity: count)
            var failure: StorageError?
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                do throws(StorageError) {
                    return try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: offset)
                } catch {
                    failure = error
                    return 0
                }
            }
            if let failure { throw failure }
            return buffer
        }
    }

    private let file: OpenFile
    let info: BlobInfo
    private let pool: BlockingPool
    private let ring = [Part(), Part(), Part()]
    private let reads = Atomic<Int>(0)

    init(file: consuming OpenFile, info: BlobInfo, pool: BlockingPool) {
        self.file = file
        self.info = info
        self.pool = pool
    }

    func read(at offset: Int, count: Int) async throws(StorageError) -> ByteBuffer {
        let part = ring[reads.wrappingAdd(1, ordering: .relaxed).oldValue % ring.count]
        return try await pool.run { [self] () throws(StorageError) in
            try part.fill(from: file, at: offset, count: count)
        }
    }
}

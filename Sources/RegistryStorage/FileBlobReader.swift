import NIOCore
import RegistryModel
import Synchronization

/// A blob's file, read on the storage's threads, or at once where its bytes are in memory.
///
/// - Verified: a blob that is read from its first byte to its last is compared with its digest, unless it has been of late;
///   the last part of a damaged one is never given out, and the blob goes to quarantine.
/// - Memory: three buffers of the largest part that was asked for. They are used again as soon as whoever sends them has let go,
///   so that a long download costs no allocations, whatever thread each part is read on.
final class FileBlobReader: BlobReader {
    /// A buffer that is filled again and again.
    ///
    /// `@unchecked Sendable`: a reader's reads follow one another, and each takes the next buffer of the ring.
    private final class Part: @unchecked Sendable {
        private var buffer = ByteBuffer()

        /// - Returns: nil where the disk would have to be waited for.
        func fillFromMemory(of file: borrowing OpenFile, at offset: Int, count: Int) -> ByteBuffer? {
            // Storage that is still being sent is left to its sender, and replaced here.
            buffer.clear(minimumCapacity: count)
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                file.readCached(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), at: offset)
            }
            return buffer.readableBytes > 0 ? buffer : nil
        }

        func fill(from file: borrowing OpenFile, at offset: Int, count: Int) throws(StorageError) -> ByteBuffer {
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
    private let outcome: (@Sendable (_ isRight: Bool) -> Void)?
    private let hash: Mutex<ContentHash>

    /// - Parameter outcome: told whether the bytes are right, once all have been read; nil asks for no comparison.
    init(
        file: consuming OpenFile, info: BlobInfo, pool: BlockingPool,
        outcome: (@Sendable (_ isRight: Bool) -> Void)? = nil
    ) {
        self.outcome = outcome
        hash = Mutex(ContentHash(info.digest.algorithm))
        self.file = file
        self.info = info
        self.pool = pool
    }

    func read(at offset: Int, count: Int) async throws(StorageError) -> ByteBuffer {
        let part = ring[reads.wrappingAdd(1, ordering: .relaxed).oldValue % ring.count]
        // What is in memory is copied at once: two changes of threads cost more. Only to hash it is too long for here.
        if outcome == nil, count > 0, let bytes = part.fillFromMemory(of: file, at: offset, count: count) {
            return bytes
        }
        return try await pool.run { [self] () throws(StorageError) in
            let bytes = try part.fill(from: file, at: offset, count: count)
            try verify(bytes, at: offset)
            return bytes
        }
    }

    /// Takes in what follows on what has been taken in; other reads are parts, which nothing can be said of.
    /// - Throws: `.corrupt` instead of the last part of a damaged blob.
    private func verify(_ bytes: ByteBuffer, at offset: Int) throws(StorageError) {
        guard let outcome, bytes.readableBytes > 0 else { return }
        let digest = hash.withLock { hash -> Digest?? in
            guard hash.count == offset else { return .none }
            bytes.withUnsafeReadableBytes { hash.update($0) }
            return hash.count == info.size ? .some(hash.digest()) : .none
        }
        guard let digest else { return }
        outcome(digest == info.digest)
        guard digest == info.digest else { throw .corrupt(info.digest) }
    }
}

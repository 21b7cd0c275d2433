import NIOCore
import RegistryModel

/// The one writer of an upload: holds its file and the running digest.
///
/// `@unchecked Sendable`: it is used by one call at a time; the next begins only after the last one's future has ended.
final class UploadWriter: @unchecked Sendable {
    /// The kernel is told to begin writing whenever this much is new, so that the sync at the end has little left.
    private static let writeBackStep = 8 << 20

    private let file: OpenFile
    private(set) var hash: ContentHash
    private(set) var size: Int
    private(set) var synced: Int
    private var writtenBack: Int

    /// - Parameter file: locked, with its digest taken to its end.
    init(file: consuming OpenFile, hash: ContentHash, size: Int, synced: Int) {
        self.file = file
        self.hash = hash
        self.size = size
        self.synced = synced
        writtenBack = size
    }

    func append(_ buffers: [ByteBuffer]) throws(StorageError) {
        for buffer in buffers {
            var failure: StorageError?
            buffer.withUnsafeReadableBytes { bytes in
                do throws(StorageError) {
                    try file.write(bytes, at: size)
                    hash.update(bytes)
                    size += bytes.count
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
        if size - writtenBack >= Self.writeBackStep {
            file.startWriteBack(from: writtenBack, count: size - writtenBack)
            writtenBack = size
        }
    }

    func sync(_ desk: SyncDesk) throws(StorageError) {
        if synced == size && size > 0 { return }
        try desk.sync(file)
        synced = size
    }

    /// Lets the next call have the upload: when this object goes is up to the threads and tasks that still refer to it.
    func release() {
        file.unlock()
    }

    /// The digest of everything written, by another algorithm than the running one: reads the file.
    func digest(_ algorithm: DigestAlgorithm) throws(StorageError) -> Digest? {
        if algorithm == hash.algorithm { return hash.digest() }
        var other = ContentHash(algorithm)
        try Self.read(file, into: &other, upTo: size)
        return other.digest()
    }

    /// Takes a file's bytes from where the digest stands.
    static func read(_ file: borrowing OpenFile, into hash: inout ContentHash, upTo end: Int) throws(StorageError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while hash.count < end {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, end - hash.count)])
            let count = try file.read(into: part, at: hash.count)
            guard count > 0 else { return }
            hash.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
        }
    }
}

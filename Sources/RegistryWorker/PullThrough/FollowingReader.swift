import NIOCore
import RegistryModel
import RegistryStorage
import Synchronization

/// Reads a blob that is still being downloaded, as far as it has come; its last byte only once the whole is what its digest
/// says. So nobody ever gets a whole blob that is wrong.
final class FollowingReader: BlobReader {
    private enum Phase {
        case running
        case whole
        case failed
    }

    let info: BlobInfo
    private let file: any BlobReader
    private let phase = Mutex(Phase.running)

    init(_ file: any BlobReader, info: BlobInfo, end: EventLoopFuture<BlobInfo>) {
        self.file = file
        self.info = info
        end.whenComplete { [self] result in
            phase.withLock { phase in
                switch result {
                case .success(let stored): phase = stored.size == info.size ? .whole : .failed
                case .failure: phase = .failed
                }
            }
        }
    }

    func read(at offset: Int, count: Int) async throws(StorageError) -> ByteBuffer {
        while true {
            let end: Int
            switch phase.withLock({ $0 }) {
            case .whole: return try await file.read(at: offset, count: count)
            case .failed: throw .corrupt(info.digest)
            case .running: end = min(offset + count, info.size - 1)
            }
            if offset < end {
                let part = try await file.read(at: offset, count: end - offset)
                if part.readableBytes > 0 { return part }
            } else if count <= 0 || offset >= info.size {
                return ByteBuffer()
            }
            // The network is slower than this reader.
            do { try await Task.sleep(for: .milliseconds(5)) } catch { throw .stopping }
        }
    }
}

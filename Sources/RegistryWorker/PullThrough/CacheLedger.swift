import BundleLog
import Glibc
import NIOPosix
import RegistryModel
import Synchronization

/// When each thing in the cache was last used: what nobody has pulled for longer than `proxy.ttl` goes.
///
/// Kept in a text file, a line for each: `<seconds> <manifest|blob> <repository> <digest>`. A line that is lost or damaged costs no
/// more than content that stays.
final class CacheLedger: Sendable {
    struct Entry: Hashable, Sendable {
        var isManifest: Bool
        var repository: RepositoryName
        var digest: Digest
    }

    private let path: String
    private let used = Mutex<[Entry: Int]>([:])

    init(path: String) {
        self.path = path
    }

    /// Notes a use, now or at a time in seconds since the epoch.
    func use(_ entry: Entry, at time: Int = Glibc.time(nil)) {
        used.withLock { $0[entry] = time }
    }

    func forget(_ entry: Entry) {
        used.withLock { $0[entry] = nil }
    }

    func entries(unusedSince time: Int) -> [Entry] {
        used.withLock { $0.filter { $0.value < time }.map(\.key) }
    }

    /// What the last process knew. Later uses win.
    func load() async {
        let path = path
        let bytes = try? await NIOThreadPool.singleton.runIfActive { try QueueFile.contents(of: path) }
        for line in String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 4, let time = Int(parts[0]), let repository = RepositoryName(String(parts[2])),
                let digest = Digest(parts[3])
            else { continue }
            let entry = Entry(isManifest: parts[1] == "manifest", repository: repository, digest: digest)
            used.withLock { $0[entry] = max($0[entry] ?? 0, time) }
        }
    }

    /// Writes all of it in the file's place.
    func save() async throws {
        let path = path
        let text = used.withLock { used in
            used.map {
                "\($0.value) \($0.key.isManifest ? "manifest" : "blob") \($0.key.repository) \($0.key.digest)\n"
            }
        }.joined()
        try await NIOThreadPool.singleton.runIfActive {
            if let slash = path.lastIndex(of: "/") { try QueueFile.makeFolder(String(path[..<slash])) }
            let passing = path + ".new"
            let descriptor = try QueueFile.open(passing, O_WRONLY | O_CREAT | O_TRUNC)
            defer { close(descriptor) }
            try QueueFile.write(Array(text.utf8), to: descriptor, passing)
            guard fdatasync(descriptor) == 0, rename(passing, path) == 0 else { throw QueueError("write", path) }
        }
    }
}

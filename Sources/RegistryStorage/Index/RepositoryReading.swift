import CLinux
import RegistryModel

/// A repository as its folders show it at one moment.
struct RepositoryReading: Sendable {
    struct TagLink: Sendable {
        var tag: Tag
        var digest: Digest
        var moved: Int
    }

    struct Revision: Sendable {
        var digest: Digest
        var pushed: Int
    }

    let repository: RepositoryName
    /// Of own changes before the reading; nil when there had been none.
    let generation: Int?
    private(set) var stamp = RepositoryStamp.nothing
    private(set) var exists = false
    private(set) var tags: [TagLink] = []
    private(set) var revisions: [Revision] = []
    private(set) var layers: [Digest] = []

    /// Reads until nothing has come or gone meanwhile, three times at most: then the stamp of the last beginning stands, which
    /// is no longer the folder's.
    init(_ repository: RepositoryName, generation: Int?, layout: StorageLayout) throws(StorageError) {
        self.repository = repository
        self.generation = generation
        for _ in 0..<3 {
            stamp = try RepositoryStamp(repository, layout)
            try read(layout)
            if try RepositoryStamp(repository, layout) == stamp { return }
        }
    }

    private mutating func read(_ layout: StorageLayout) throws(StorageError) {
        (tags, revisions, layers) = ([], [], [])
        let hasManifests = try Disk.exists(layout.manifests(repository))
        let hasLayers = try Disk.exists(layout.layers(repository))
        exists = hasManifests || hasLayers
        guard exists else { return }
        for entry in try Disk.entries(of: layout.tags(repository)) ?? [] {
            guard let tag = Tag(entry.name),
                let (digest, moved) = try Self.link(at: layout.tagLink(tag, repository))
            else { continue }
            tags.append(TagLink(tag: tag, digest: digest, moved: moved))
        }
        for algorithm in DigestAlgorithm.allCases {
            for entry in try Disk.entries(of: "\(layout.revisions(repository))/\(algorithm.rawValue)") ?? [] {
                // Distribution deletes the link and leaves its folder.
                guard let digest = Digest(algorithm: algorithm, hex: entry.name),
                    let stamp = try Disk.stamp(layout.revisionLink(digest, repository))
                else { continue }
                revisions.append(Revision(digest: digest, pushed: stamp.modified / 1_000_000_000))
            }
            for entry in try Disk.entries(of: "\(layout.layers(repository))/\(algorithm.rawValue)") ?? [] {
                if let digest = Digest(algorithm: algorithm, hex: entry.name) { layers.append(digest) }
            }
        }
    }

    /// A link file's digest, and when it was written.
    private static func link(at path: String) throws(StorageError) -> (Digest, Int)? {
        guard let file = try OpenFile(path, .read) else { return nil }
        var status = clinux_status()
        guard clinux_fstat(file.descriptor, &status) == 0 else { throw SystemErrors.failure("look at", path) }
        var failure: StorageError?
        let text = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            do throws(StorageError) {
                let count = try file.read(into: buffer, at: 0)
                return String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<count]), as: UTF8.self)
            } catch {
                failure = error
                return ""
            }
        }
        if let failure { throw failure }
        let word = text.prefix { !$0.isWhitespace }
        return Digest(word).map { ($0, Int(status.modified) / 1_000_000_000) }
    }
}

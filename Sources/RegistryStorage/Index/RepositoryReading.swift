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

    /// The stamp is the state before the reading: whoever takes it for true looks whether it still is.
    init(_ repository: RepositoryName, generation: Int?, layout: StorageLayout) throws(StorageError) {
        self.repository = repository
        self.generation = generation
        let (stamp, folders) = try RepositoryStamp.look(repository, layout)
        self.stamp = stamp
        exists = folders.isEmpty ? try Disk.exists(layout.manifests(repository)) : true
        if folders.contains(.tags) {
            tags = try Self.each(layout.tags(repository)) { (name) throws(StorageError) in
                guard let tag = Tag(name), let (digest, moved) = try Self.link(at: layout.tagLink(tag, repository))
                else { return nil }
                return TagLink(tag: tag, digest: digest, moved: moved)
            }
        }
        for (algorithm, folder) in [
            (DigestAlgorithm.sha256, RepositoryStamp.Folders.revisionsSHA256),
            (.sha512, .revisionsSHA512),
        ] where folders.contains(folder) {
            let parent = "\(layout.revisions(repository))/\(algorithm.rawValue)"
            revisions += try Self.each(parent) { (name) throws(StorageError) in
                // Distribution deletes the link and leaves its folder.
                guard let digest = Digest(algorithm: algorithm, hex: name),
                    let stamp = try Disk.stamp(layout.revisionLink(digest, repository))
                else { return nil }
                return Revision(digest: digest, pushed: stamp.modified / 1_000_000_000)
            }
        }
        for (algorithm, folder) in [
            (DigestAlgorithm.sha256, RepositoryStamp.Folders.layersSHA256),
            (.sha512, .layersSHA512),
        ] where folders.contains(folder) {
            let entries = try Disk.entries(of: "\(layout.layers(repository))/\(algorithm.rawValue)") ?? []
            layers += entries.compactMap { Digest(algorithm: algorithm, hex: $0.name) }.sorted { $0.hex < $1.hex }
        }
    }

    /// What stands in a folder, by name: rows that come in their order go in faster.
    private static func each<Value: Sendable>(
        _ folder: String, _ read: @escaping @Sendable (String) throws(StorageError) -> Value?
    ) throws(StorageError) -> [Value] {
        let names = (try Disk.entries(of: folder) ?? []).map(\.name).sorted()
        if names.count > 256 { return try Parallel.map(names, read).compactMap(\.self) }
        var found: [Value] = []
        for name in names { if let value = try read(name) { found.append(value) } }
        return found
    }

    /// A link file's digest, and when it was written.
    private static func link(at path: String) throws(StorageError) -> (Digest, Int)? {
        guard let file = try OpenFile(path, .read) else { return nil }
        var status = clinux_status()
        guard clinux_fstat(file.descriptor, &status) == 0 else { throw SystemErrors.failure("look at", path) }
        var failure: StorageError?
        let size = min(Int(status.size), 256)
        let digest = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { buffer -> Digest? in
            do throws(StorageError) {
                let count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
                let text = buffer[..<count]
                return Digest(text: UnsafeBufferPointer(rebasing: text[..<(text.firstIndex { $0 <= 0x20 } ?? count)]))
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return digest.map { ($0, Int(status.modified) / 1_000_000_000) }
    }
}

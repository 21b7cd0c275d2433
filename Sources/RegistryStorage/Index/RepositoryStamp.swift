import RegistryModel

/// The state of a repository's folders in one number: it changes when a tag, a manifest or a layer comes or goes, whoever
/// does it. Not when a tag moves: what depends on that reads the tag's link.
///
/// - Cost: seven calls of stat(2), 10 µs.
struct RepositoryStamp: Equatable, Sendable {
    let value: Int

    /// Of a repository that is not there.
    static let nothing = RepositoryStamp(value: 0)

    init(value: Int) { self.value = value }

    init(_ repository: RepositoryName, _ layout: StorageLayout) throws(StorageError) {
        (self, _) = try Self.look(repository, layout)
    }

    /// Which of the folders are there.
    struct Folders: OptionSet {
        let rawValue: UInt8
        static let tags = Folders(rawValue: 1)
        static let revisions = Folders(rawValue: 2)
        static let revisionsSHA256 = Folders(rawValue: 4)
        static let revisionsSHA512 = Folders(rawValue: 8)
        static let layers = Folders(rawValue: 16)
        static let layersSHA256 = Folders(rawValue: 32)
        static let layersSHA512 = Folders(rawValue: 64)
    }

    static func look(
        _ repository: RepositoryName, _ layout: StorageLayout
    ) throws(StorageError) -> (RepositoryStamp, Folders) {
        let manifests = layout.manifests(repository)
        let layers = layout.layers(repository)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var there: Folders = []
        for (folder, part) in [
            ("\(manifests)/tags", Folders.tags), ("\(manifests)/revisions", .revisions),
            ("\(manifests)/revisions/sha256", .revisionsSHA256), ("\(manifests)/revisions/sha512", .revisionsSHA512),
            (layers, .layers), ("\(layers)/sha256", .layersSHA256), ("\(layers)/sha512", .layersSHA512),
        ] {
            guard let stamp = try Disk.stamp(folder) else {
                Self.mix(0, into: &hash)
                continue
            }
            there.insert(part)
            Self.mix(UInt64(truncatingIfNeeded: stamp.inode), into: &hash)
            Self.mix(UInt64(truncatingIfNeeded: stamp.modified), into: &hash)
            Self.mix(UInt64(truncatingIfNeeded: stamp.changed), into: &hash)
        }
        return (RepositoryStamp(value: there.isEmpty ? 0 : Int(truncatingIfNeeded: hash | 1)), there)
    }

    /// FNV-1a, 64 bits.
    private static func mix(_ number: UInt64, into hash: inout UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            hash ^= (number >> UInt64(shift)) & 0xFF
            hash = hash &* 0x100_0000_01B3
        }
    }
}

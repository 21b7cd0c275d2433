import RegistryModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the index keeps of a manifest: everything that it refers to, and what a list of referrers shows.
struct IndexedManifest: Sendable {
    /// Something that the manifest keeps alive.
    struct Reference: Sendable {
        var target: Digest
        /// Nil where the manifest does not say.
        var size: Int?
    }

    var digest: Digest
    var mediaType: String
    var size: Int
    var subject: Digest?
    var artifactType: String?
    /// JSON; nil without annotations.
    var annotations: String?
    var references: [Reference]

    init(_ manifest: Manifest, digest: Digest) {
        self.digest = digest
        mediaType = manifest.mediaType
        size = manifest.bytes.count
        let parts = [manifest.config].compactMap(\.self) + manifest.layers + manifest.manifests
        references = parts.map { Reference(target: $0.digest, size: $0.size) }
        guard let subject = manifest.subject else { return }
        self.subject = subject.digest
        artifactType = manifest.artifactType
        if !manifest.annotations.isEmpty, let data = try? JSONEncoder().encode(manifest.annotations) {
            annotations = String(decoding: data, as: UTF8.self)
        }
    }

    /// One that stands on the disk. Of a kind that we would refuse (schema 1, null lists), every digest in it counts as a
    /// reference: rather keep a blob too many than one too few.
    init(bytes: [UInt8], digest: Digest) {
        if let manifest = ManifestScanner.read(bytes, digest: digest) {
            self = manifest
            return
        }
        if let manifest = try? Manifest(bytes: bytes) {
            self.init(manifest, digest: digest)
            return
        }
        self.init(
            digest: digest, mediaType: ForeignManifest(bytes: bytes)?.mediaType ?? MediaType.octetStream,
            size: bytes.count, references: Self.digests(in: bytes).map { Reference(target: $0, size: nil) })
    }

    init(digest: Digest, mediaType: String, size: Int, references: [Reference]) {
        self.digest = digest
        self.mediaType = mediaType
        self.size = size
        self.references = references
    }

    /// Every text in the bytes that has the form of a digest.
    static func digests(in bytes: [UInt8]) -> Set<Digest> {
        var found: Set<Digest> = []
        for algorithm in DigestAlgorithm.allCases {
            let prefix = Array("\(algorithm.rawValue):".utf8)
            let length = algorithm.byteCount * 2
            var index = 0
            while index + prefix.count + length <= bytes.count {
                guard bytes[index] == prefix[0], bytes[index...].starts(with: prefix) else {
                    index += 1
                    continue
                }
                let start = index + prefix.count
                let hex = String(decoding: bytes[start..<start + length], as: UTF8.self)
                if let digest = Digest(algorithm: algorithm, hex: hex) { found.insert(digest) }
                index = start
            }
        }
        return found
    }
}

/// A manifest as it was pushed, byte for byte, with the parts that a registry acts on.
/// Fields that are not named here are kept in `bytes` and mean nothing to the registry.
package struct Manifest: Sendable, Hashable {
    /// The most bytes that a manifest may have.
    package static let maximumSize = 4 << 20
    /// The deepest nesting of objects and arrays.
    package static let maximumDepth = 64

    /// What a manifest is made of.
    package enum Kind: Sendable, Hashable {
        /// A config and layers, or an artifact's blobs.
        case image
        /// Other manifests.
        case index
    }

    package let bytes: [UInt8]
    package let mediaType: String
    package let kind: Kind
    package let config: Descriptor?
    package let layers: [Descriptor]
    package let manifests: [Descriptor]
    /// The manifests that must be in the repository before this one is: all, unless a setting allows sparse indexes.
    package var requiredManifests: [Descriptor]
    package let subject: Descriptor?
    package let annotations: [String: String]
    /// The declared type of an artifact, nil when the manifest has none of its own.
    package let declaredArtifactType: String?

    /// The type under which the referrers list names it: its own, or its config's.
    package var artifactType: String? {
        declaredArtifactType ?? (kind == .image ? config?.mediaType : nil)
    }

    /// The blobs that must be in the repository before the manifest is.
    package var requiredBlobs: [Descriptor] {
        ([config].compactMap(\.self) + layers).filter { !$0.isNonDistributable }
    }

    /// The bytes of config and layers together.
    package var contentSize: Int {
        ([config].compactMap(\.self) + layers).reduce(0) { $0.addingReportingOverflow($1.size).partialValue }
    }

    /// - Parameters:
    ///   - contentType: the request's Content-Type; nil when the bytes come from the disk.
    /// - Throws: every fault of the input; nothing here traps on any bytes.
    package init(bytes: [UInt8], contentType: String? = nil) throws(ManifestRefusal) {
        guard bytes.count <= Self.maximumSize else { throw .tooLarge(limit: Self.maximumSize) }
        let outline = JSONOutline(bytes)
        guard outline.depth <= Self.maximumDepth else { throw .tooDeep(limit: Self.maximumDepth) }
        if let key = outline.repeatedKey { throw .repeatedKey(key) }
        let document = try ManifestDocument(bytes)
        let declared = contentType.map(MediaType.base)
        if document.schemaVersion == 1 || declared == MediaType.dockerSchema1
            || declared == MediaType.dockerSchema1Signed
        {
            throw .schema1
        }
        let mediaType = try Self.mediaType(of: document, declared: declared)
        guard document.schemaVersion == 2 || mediaType == MediaType.ociArtifact else {
            throw .schemaVersion(document.schemaVersion)
        }
        let isIndex = mediaType == MediaType.ociIndex || mediaType == MediaType.dockerManifestList
        if isIndex ? document.layers != nil || document.config != nil : document.manifests != nil { throw .ambiguous }
        if isIndex && document.manifests == nil { throw .malformed(path: "manifests", problem: "is missing") }
        if !isIndex && mediaType != MediaType.ociArtifact {
            guard document.config != nil else { throw .malformed(path: "config", problem: "is missing") }
            guard document.layers != nil else { throw .malformed(path: "layers", problem: "is missing") }
        }
        self.bytes = bytes
        self.mediaType = mediaType
        kind = isIndex ? .index : .image
        config = document.config
        layers = document.layers ?? document.blobs ?? []
        manifests = document.manifests ?? []
        requiredManifests = manifests
        subject = document.subject
        annotations = document.annotations ?? [:]
        declaredArtifactType = document.artifactType.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The manifest's own word first, then the request's, then its shape (as distribution reads the disk).
    private static func mediaType(
        of document: ManifestDocument, declared: String?
    ) throws(ManifestRefusal) -> String {
        let known: Set = [
            MediaType.dockerManifest, MediaType.dockerManifestList, MediaType.ociManifest, MediaType.ociIndex,
            MediaType.ociArtifact,
        ]
        if let own = document.mediaType, !own.isEmpty {
            guard known.contains(own) else { throw .mediaTypeUnknown(own) }
            if let declared, known.contains(declared), declared != own {
                throw .mediaTypeMismatch(declared: declared, found: own)
            }
            return own
        }
        let shape = document.manifests != nil && document.layers == nil ? MediaType.ociIndex : MediaType.ociManifest
        guard let declared, known.contains(declared) else { return shape }
        // Only OCI's image manifest and index may leave their media type out: the disk has no other place for it.
        guard declared == shape else { throw .mediaTypeMismatch(declared: declared, found: shape) }
        return shape
    }
}

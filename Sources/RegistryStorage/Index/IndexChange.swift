import RegistryModel

/// A change of a repository that is on the disk, as the index takes it up.
enum IndexChange: Sendable {
    case manifest(Manifest, Digest, tags: [Tag])
    case manifestGone(Digest)
    case tagGone(Tag)
    case layer(BlobInfo)
    case layerGone(Digest)
    /// The repository's folders are gone.
    case repositoryGone

    /// Whether the repository has no row afterwards.
    var isEnd: Bool { if case .repositoryGone = self { true } else { false } }
}

import RegistryModel

/// Where things are on the disk: distribution's layout, path by path.
/// - Source: distribution's `registry/storage/paths.go`.
struct StorageLayout: Sendable {
    /// `<rootdirectory>/docker/registry/v2`
    let base: String
    let root: String

    init(root: String) {
        self.root = root
        base = "\(root)/docker/registry/v2"
    }

    var blobs: String { "\(base)/blobs" }
    var repositories: String { "\(base)/repositories" }
    /// Where files are written before they get their name; distribution never looks here.
    var staging: String { "\(base)/.staging" }

    /// The index's database: a cache, which may be deleted at any time. Distribution never looks here either.
    var index: String { "\(base)/.index/registry.sqlite" }
    /// Where damaged blobs are moved; distribution never looks here, and nothing of ours deletes them.
    func quarantined(_ digest: Digest) -> String {
        "\(base)/.quarantine/\(digest.algorithm.rawValue)/\(digest.hex)"
    }
    /// How far the scrub has come: `sha256/4f`, or nothing.
    var scrubCursor: String { "\(base)/.scrub/cursor" }

    func blobFolder(_ digest: Digest) -> String {
        "\(blobs)/\(digest.algorithm.rawValue)/\(digest.hex.prefix(2))/\(digest.hex)"
    }

    func blob(_ digest: Digest) -> String { "\(blobFolder(digest))/data" }

    func repository(_ name: RepositoryName) -> String { "\(repositories)/\(name)" }

    func layers(_ name: RepositoryName) -> String { "\(repository(name))/_layers" }

    func layerFolder(_ digest: Digest, _ name: RepositoryName) -> String {
        "\(layers(name))/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    func layerLink(_ digest: Digest, _ name: RepositoryName) -> String { "\(layerFolder(digest, name))/link" }

    func manifests(_ name: RepositoryName) -> String { "\(repository(name))/_manifests" }

    func revisions(_ name: RepositoryName) -> String { "\(manifests(name))/revisions" }

    func revisionFolder(_ digest: Digest, _ name: RepositoryName) -> String {
        "\(revisions(name))/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    func revisionLink(_ digest: Digest, _ name: RepositoryName) -> String { "\(revisionFolder(digest, name))/link" }

    func tags(_ name: RepositoryName) -> String { "\(manifests(name))/tags" }

    func tagFolder(_ tag: Tag, _ name: RepositoryName) -> String { "\(tags(name))/\(tag)" }

    func tagLink(_ tag: Tag, _ name: RepositoryName) -> String { "\(tagFolder(tag, name))/current/link" }

    func tagIndexLink(_ digest: Digest, _ tag: Tag, _ name: RepositoryName) -> String {
        "\(tagFolder(tag, name))/index/\(digest.algorithm.rawValue)/\(digest.hex)/link"
    }

    func uploads(_ name: RepositoryName) -> String { "\(repository(name))/_uploads" }

    func upload(_ id: UploadID, _ name: RepositoryName) -> String { "\(uploads(name))/\(id)" }

    func uploadData(_ id: UploadID, _ name: RepositoryName) -> String { "\(upload(id, name))/data" }

    func uploadStart(_ id: UploadID, _ name: RepositoryName) -> String { "\(upload(id, name))/startedat" }

    func hashStates(_ algorithm: DigestAlgorithm, _ id: UploadID, _ name: RepositoryName) -> String {
        "\(upload(id, name))/hashstates/\(algorithm.rawValue)"
    }
}

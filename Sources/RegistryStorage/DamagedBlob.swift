package import RegistryModel

/// A blob whose bytes are not what its digest says. It is in quarantine: out of the way, so that a push brings it back.
package struct DamagedBlob: Sendable, Hashable {
    package var digest: Digest
    /// `repository:tag`, or `repository@digest` for a manifest without a tag; sorted.
    package var images: [String]
}

package import RegistryModel

/// What is known of a tag.
package struct TagFacts: Sendable, Equatable {
    package var tag: Tag
    package var digest: Digest
    /// When it was last pushed, in seconds since the epoch.
    package var moved: Int
    /// When its manifest was last pulled, in seconds since the epoch; nil when that is not known.
    package var pulled: Int?

    package init(tag: Tag, digest: Digest, moved: Int, pulled: Int? = nil) {
        self.tag = tag
        self.digest = digest
        self.moved = moved
        self.pulled = pulled
    }
}

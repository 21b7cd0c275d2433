package import RegistryModel

/// What a collection is to do.
package struct CollectionPolicy: Sendable, Equatable {
    /// What was pushed, mounted or promised to be there within this time is kept, whether something refers to it or not.
    package var grace: Duration
    /// Removes nothing; tells what it would remove, and why.
    package var isDryRun: Bool
    /// Manifests without a tag go too, unless an index that stays names them, or they refer to one that stays.
    package var removesUntagged: Bool

    package init(grace: Duration = .seconds(3_600), isDryRun: Bool = false, removesUntagged: Bool = false) {
        self.grace = grace
        self.isDryRun = isDryRun
        self.removesUntagged = removesUntagged
    }
}

/// Something that a collection removes, or would.
package struct CollectedItem: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// By retention.
        case tag
        case manifest
        /// A repository's link to a blob.
        case link
        case blob
        case repository
    }

    package var kind: Kind
    package var repository: RepositoryName?
    package var tag: Tag?
    package var digest: Digest?
    package var size: Int
    package var reason: String
    /// A dry run tells also of the tags that stay.
    package var isKept = false
}

/// What a collection has done, or would.
package struct CollectionSummary: Sendable, Equatable {
    package var tags = 0
    package var manifests = 0
    package var links = 0
    package var blobs = 0
    /// Of blobs.
    package var bytes = 0
    package var repositories = 0
    /// Blobs that were looked at.
    package var examined = 0
    /// Blobs and links that nothing refers to, kept because they are too young.
    package var young = 0

    package init() {}
}

/// Why a collection does not run.
package enum CollectionRefusal: Error, Sendable, Equatable {
    case alreadyRuns
    /// The index is being built, or cannot be.
    case indexIncomplete

    package var problem: String {
        switch self {
        case .alreadyRuns: "a collection runs already"
        case .indexIncomplete: "the index of the registry is not complete"
        }
    }

    package var remedy: String {
        switch self {
        case .alreadyRuns: "wait for its end"
        case .indexIncomplete: "wait until it is rebuilt; the registry's log tells what holds it up"
        }
    }
}

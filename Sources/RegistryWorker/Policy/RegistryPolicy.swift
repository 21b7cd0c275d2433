import RegistryModel
import RegistryStorage

/// What repositories may hold, and for how long: `policy` of the configuration. Pure: asks nothing, changes nothing.
struct RegistryPolicy: Sendable, Equatable {
    /// Tags that are never moved or deleted.
    struct Immutable: Sendable, Equatable {
        var repositories: NamePattern
        var tags: NamePattern
    }

    /// The most that each repository of a pattern may hold; nil for any amount.
    struct Quota: Sendable, Equatable {
        var repositories: NamePattern
        /// Of the blobs that the repository links, each counted once.
        var bytes: Int?
        var tags: Int?
    }

    var immutable: [Immutable] = []
    /// The first that matches counts.
    var quotas: [Quota] = []
    /// The first that matches counts.
    var retention: [Retention] = []

    func isImmutable(_ tag: Tag, in repository: RepositoryName) -> Bool {
        immutable.contains { $0.repositories.matches(repository) && $0.tags.matches(tag) }
    }

    /// Whether anything is immutable in the repository.
    func hasImmutableTags(_ repository: RepositoryName) -> Bool {
        immutable.contains { $0.repositories.matches(repository) }
    }

    func quota(of repository: RepositoryName) -> Quota? {
        quotas.first { $0.repositories.matches(repository) }
    }

    /// Why a tag may not be set; nil when it may.
    /// - Parameter present: where the tag leads now.
    func refusal(of tag: Tag, in repository: RepositoryName, to digest: Digest, present: Digest?) -> String? {
        guard let present, present != digest, isImmutable(tag, in: repository) else { return nil }
        return "the tag \(repository):\(tag) is immutable here and stays \(present.short): push under another tag"
    }
}

extension RegistryPolicy.Quota {
    /// Why more bytes may not come.
    /// - Parameter reserved: what uploads in progress are to add.
    func sentence(_ repository: RepositoryName, _ usage: RepositoryUsage, reserved: Int) -> String {
        let others = reserved > 0 ? ", and uploads in progress bring \(Wording.size(reserved))" : ""
        return "the repository \(repository) may hold \(Wording.size(bytes ?? 0)) and holds "
            + "\(Wording.size(usage.bytes))\(others): "
            + "delete images that nobody needs and collect garbage, or ask for a larger quota"
    }

    /// Why no further tag may come; nil when it may.
    func refusalOfTag(_ repository: RepositoryName, _ usage: RepositoryUsage) -> String? {
        guard let tags, usage.tags >= tags else { return nil }
        return
            "the repository \(repository) may have \(Wording.count(tags, "tag")) and has \(usage.tags): delete one first"
    }
}

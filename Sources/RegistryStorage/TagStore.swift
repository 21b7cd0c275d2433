package import RegistryModel

/// Part of a sorted list, and whether more follows.
package struct Page<Element: Sendable>: Sendable {
    package var elements: [Element]
    package var isLast: Bool

    package init(elements: [Element], isLast: Bool) {
        self.elements = elements
        self.isLast = isLast
    }
}

/// Tags of repositories, and the list of repositories itself.
package protocol TagStore: Sendable {
    /// Tags in the order of their bytes.
    /// - Parameters:
    ///   - limit: nil for all.
    ///   - last: only tags after this text.
    /// - Throws: `.repositoryUnknown`.
    func tags(
        in repository: RepositoryName, limit: Int?, after last: String?
    ) async throws(StorageError) -> Page<Tag>

    /// The tags that lead to a manifest.
    func tags(of digest: Digest, in repository: RepositoryName) async throws(StorageError) -> [Tag]

    /// What a repository holds; nil while that is not known, because the index is being built.
    func usage(of repository: RepositoryName) async throws(StorageError) -> RepositoryUsage?

    /// Removes a tag at once and durably; its manifest and other tags stay.
    /// - Throws: `.tagUnknown`.
    func deleteTag(_ tag: Tag, in repository: RepositoryName) async throws(StorageError)

    /// Repositories in the order of `RepositoryName`.
    func repositories(limit: Int?, after last: String?) async throws(StorageError) -> Page<RepositoryName>
}

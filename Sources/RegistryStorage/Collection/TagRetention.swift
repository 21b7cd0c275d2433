package import RegistryModel

/// Decides which tags a collection lets go. Pure: asks nothing, changes nothing.
package protocol TagRetention: Sendable {
    /// Whether any rule is for the repository.
    func concerns(_ repository: RepositoryName) -> Bool

    /// One verdict for each tag.
    /// - Parameters:
    ///   - since: when the index began to count pulls; before that nobody knows of any. Seconds since the epoch, as `now`.
    func verdicts(on tags: [TagFacts], in repository: RepositoryName, since: Int, now: Int) -> [TagVerdict]
}

import RegistryModel
import Synchronization

/// Immutable tags that are being set at this moment, each by one request.
final class TagsInHand: Sendable {
    private struct Key: Hashable {
        var repository: RepositoryName
        var tag: Tag
    }

    private let keys = Mutex<Set<Key>>([])

    /// - Returns: false when one of them is in somebody else's hand; then none is taken.
    func begin(_ tags: [Tag], in repository: RepositoryName) -> Bool {
        let wanted = Set(tags.map { Key(repository: repository, tag: $0) })
        return keys.withLock { keys in
            guard keys.isDisjoint(with: wanted) else { return false }
            keys.formUnion(wanted)
            return true
        }
    }

    func end(_ tags: [Tag], in repository: RepositoryName) {
        keys.withLock { keys in
            for tag in tags { keys.remove(Key(repository: repository, tag: tag)) }
        }
    }
}

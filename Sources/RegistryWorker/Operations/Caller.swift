import RegistryModel
import RegistryToken

/// Who makes a request, and what the credentials of theirs allow.
struct Caller: Sendable, Equatable {
    /// The account; empty for anonymous.
    var name: String
    /// What a token grants; nil where everybody who is let in may do everything.
    var grants: [ScopeAccess]? = []

    /// As a sentence names it.
    var words: String { name.isEmpty ? "an anonymous user" : name }

    /// Nobody yet: may do nothing.
    static let anonymous = Caller(name: "")

    /// The repositories that the caller may pull from, sorted; nil for all of them.
    var pullable: [RepositoryName]? {
        guard let grants else { return nil }
        if grants.contains(where: { $0.type == "registry" && $0.name == "catalog" && $0.actions.contains("*") }) {
            return nil
        }
        return Set(pulls(grants)).sorted()
    }

    /// The repositories that the credentials name, with the right to pull; nil for all that there are.
    var named: [RepositoryName]? {
        grants.map { Set(pulls($0)).sorted() }
    }

    private func pulls(_ grants: [ScopeAccess]) -> [RepositoryName] {
        grants.filter { $0.type == "repository" && ($0.actions.contains("pull") || $0.actions.contains("*")) }
            .compactMap { RepositoryName($0.name) }
    }
}

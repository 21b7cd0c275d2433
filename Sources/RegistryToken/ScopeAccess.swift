/// What a token lets its bearer do with one resource: an entry of the `access` claim.
/// - Source: distribution's token specification, "Requesting a Token", `access`.
package struct ScopeAccess: Sendable, Equatable, Hashable {
    /// `repository` or `registry`.
    package var type: String
    /// The repository's name, or `catalog`.
    package var name: String
    /// `pull`, `push`, `delete`, `*`; empty when everything was denied.
    package var actions: [String]

    package init(type: String, name: String, actions: [String]) {
        self.type = type
        self.name = name
        self.actions = actions
    }
}

/// What a token is asked for, or grants: `repository:team/app:pull,push`, `registry:catalog:*`.
/// - Source: distribution's "Token scope documentation". Names may hold colons (a host and its port).
package struct Scope: Sendable, Hashable, CustomStringConvertible {
    package var type: String
    /// The class in brackets after the type, as in `repository(plugin)`.
    package var resourceClass: String?
    package var name: String
    package var actions: [String]

    package init(type: String, resourceClass: String? = nil, name: String, actions: [String]) {
        self.type = type
        self.resourceClass = resourceClass
        self.name = name
        self.actions = actions
    }

    /// - Returns: nil unless the text has a type, a name and actions.
    package init?(_ text: some StringProtocol) {
        guard let first = text.firstIndex(of: ":"), let last = text.lastIndex(of: ":"), first < last else { return nil }
        var type = String(text[..<first])
        var resourceClass: String?
        if type.hasSuffix(")"), let bracket = type.firstIndex(of: "(") {
            resourceClass = String(type[type.index(after: bracket)...].dropLast())
            type = String(type[..<bracket])
        }
        let name = String(text[text.index(after: first)..<last])
        guard !type.isEmpty, !name.isEmpty else { return nil }
        let actions = String(text[text.index(after: last)...]).split(separator: Character(",")).map(String.init)
        self.init(type: type, resourceClass: resourceClass, name: name, actions: actions)
    }

    /// Access to a repository.
    package static func repository(_ name: RepositoryName, _ actions: String...) -> Scope {
        Scope(type: "repository", name: name.description, actions: actions)
    }

    /// Access to the list of all repositories.
    package static let catalog = Scope(type: "registry", name: "catalog", actions: ["*"])

    package var description: String {
        let typeText = resourceClass.map { "\(type)(\($0))" } ?? type
        return "\(typeText):\(name):\(actions.joined(separator: ","))"
    }
}

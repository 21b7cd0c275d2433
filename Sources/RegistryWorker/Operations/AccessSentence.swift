import RegistryModel
import RegistryToken

/// Puts a refusal into words: docker prints them.
struct AccessSentence {
    let user: String
    let access: [ScopeAccess]

    private static let verbs = [
        (action: "pull", phrase: "pull", preposition: ""), (action: "push", phrase: "push to", preposition: ""),
        (action: "delete", phrase: "delete from", preposition: ""),
    ]

    /// "user bob may pull alice/bb but not push to it"
    func refusing(_ scope: Scope) -> String {
        let who = user.isEmpty ? "an anonymous user" : "user \(user)"
        guard scope.type == "repository" else {
            return scope == .catalog
                ? "\(who) may not list the repositories" : "\(who) has no access to \(scope.type) \(scope.name)"
        }
        let held = access.filter { $0.type == scope.type && $0.name == scope.name }.flatMap(\.actions)
        let missing = scope.actions.filter { !held.contains($0) && !held.contains("*") }
        let may = Self.phrases(held)
        let mayNot = Self.phrases(missing)
        if may.isEmpty {
            let hint = user.isEmpty ? ": run docker login" : ""
            return "\(who) may not \(Self.list(mayNot, scope.name, joined: "or"))\(hint)"
        }
        return
            "\(who) may \(Self.list(may, scope.name, joined: "and")) but not \(Self.list(mayNot, "it", joined: "or"))"
    }

    private static func phrases(_ actions: [String]) -> [String] {
        verbs.filter { actions.contains($0.action) }.map(\.phrase)
    }

    /// `pull and push to team/app`: each phrase but the last stands without its preposition.
    private static func list(_ phrases: [String], _ object: String, joined word: String) -> String {
        guard let last = phrases.last else { return "use \(object)" }
        let first = phrases.dropLast().map { $0.split(separator: Character(" ")).first.map(String.init) ?? $0 }
        return (first + [last]).joined(separator: " \(word) ") + " \(object)"
    }
}

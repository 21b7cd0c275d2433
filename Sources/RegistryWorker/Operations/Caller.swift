import RegistryModel

/// Who makes a request, and what the token of theirs allows.
struct Caller: Sendable, Equatable {
    /// The account; empty for anonymous.
    var name: String

    /// As a sentence names it.
    var words: String { name.isEmpty ? "an anonymous user" : name }

    static let anonymous = Caller(name: "")
}

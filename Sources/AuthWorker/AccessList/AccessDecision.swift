/// What the access list says: the rule that decided and what it allows.
struct AccessDecision: Sendable, Equatable {
    /// The position of the first rule that matches, from 0; nil when none does.
    var rule: Int?
    /// Sorted by bytes; empty denies.
    var allowed: [String]

    static let nothing = AccessDecision(rule: nil, allowed: [])
}

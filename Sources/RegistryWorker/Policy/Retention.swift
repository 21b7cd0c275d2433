import RegistryModel

/// How long tags of the repositories of a pattern are kept: a tag that no part of the rule keeps may go.
struct Retention: Sendable, Equatable {
    /// What is known of a tag.
    struct TagFacts: Sendable, Equatable {
        var tag: Tag
        /// When it was last moved, in seconds since the epoch.
        var moved: Int
        /// When its manifest was last pulled; nil for never.
        var pulled: Int?
    }

    /// What becomes of a tag, and why.
    struct Decision: Sendable, Equatable {
        var tag: Tag
        var isKept: Bool
        var reason: String
    }

    var repositories: NamePattern
    /// The tags that were moved last; nil for none on that ground.
    var keepLast: Int?
    var keepTags: [NamePattern] = []
    /// Tags that were pulled or moved within this time are kept; nil for none on that ground.
    var notPulledFor: Duration?

    /// One decision for each tag, the latest first.
    /// - Parameter now: seconds since the epoch.
    func decide(_ tags: [TagFacts], now: Int) -> [Decision] {
        let latest = tags.sorted { ($1.moved, $0.tag) < ($0.moved, $1.tag) }
        return latest.enumerated().map { index, facts in
            if let pattern = keepTags.first(where: { $0.matches(facts.tag) }) {
                return Decision(tag: facts.tag, isKept: true, reason: "its name is kept (\(pattern.text))")
            }
            if let keepLast, index < keepLast {
                return Decision(tag: facts.tag, isKept: true, reason: "it is one of the last \(keepLast)")
            }
            if let notPulledFor {
                let used = max(facts.moved, facts.pulled ?? 0)
                guard now - used > Int(notPulledFor.components.seconds) else {
                    return Decision(tag: facts.tag, isKept: true, reason: "it was used \(Self.age(now - used)) ago")
                }
                return Decision(tag: facts.tag, isKept: false, reason: "it was not used for \(Self.age(now - used))")
            }
            return Decision(tag: facts.tag, isKept: false, reason: "it is none of the last \(keepLast ?? 0)")
        }
    }

    private static func age(_ seconds: Int) -> String {
        seconds < 172_800 ? Wording.count(max(seconds, 0) / 3_600, "hour") : Wording.count(seconds / 86_400, "day")
    }
}

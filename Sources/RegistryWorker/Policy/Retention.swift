import RegistryModel
import RegistryStorage

/// How long tags of the repositories of a pattern are kept: a tag that no part of the rule keeps goes with the next collection.
struct Retention: Sendable, Equatable {
    var repositories: NamePattern
    /// The tags that were pushed last; nil for none on that ground.
    var keepLast: Int?
    var keepTags: [NamePattern] = []
    /// Tags that were pulled or pushed within this time are kept; nil for none on that ground.
    var notPulledFor: Duration?
    /// Where the rule stands: `registry.yml:41`; nil for one that is in no file.
    var place: String?

    /// One verdict for each tag, the latest first.
    /// - Parameters:
    ///   - since: when pulls began to be counted: a tag may have been pulled until then.
    ///   - now: both in seconds since the epoch.
    func decide(_ tags: [TagFacts], since: Int, now: Int) -> [TagVerdict] {
        let latest = tags.sorted { ($1.moved, $0.tag) < ($0.moved, $1.tag) }
        return latest.enumerated().map { index, facts in
            if let ground = ground(keeping: facts, index, since: since, now: now) {
                return TagVerdict(tag: facts.tag, isKept: true, reason: "\(ground); \(name)")
            }
            var grounds: [String] = []
            if let keepLast { grounds.append("older than the last \(keepLast)") }
            if notPulledFor != nil {
                grounds.append(
                    facts.pulled.map { "not pulled for \(Self.age(now - max($0, facts.moved)))" }
                        ?? "pushed \(Self.age(now - facts.moved)) ago and not pulled since")
            }
            return TagVerdict(
                tag: facts.tag, isKept: false, reason: "\(grounds.joined(separator: ", ")); \(name)")
        }
    }

    /// Why a tag is kept; nil when nothing keeps it.
    private func ground(keeping facts: TagFacts, _ index: Int, since: Int, now: Int) -> String? {
        if let pattern = keepTags.first(where: { $0.matches(facts.tag) }) {
            return "its name is kept (\(pattern.text))"
        }
        if let keepLast, index < keepLast { return "one of the last \(keepLast)" }
        guard let notPulledFor else { return nil }
        let limit = Int(notPulledFor.components.seconds)
        let used = max(facts.moved, facts.pulled ?? 0)
        if now - used <= limit {
            return "\(used == facts.pulled ? "pulled" : "pushed") \(Self.age(now - used)) ago"
        }
        if now - since <= limit { return "pulls are known for \(Self.age(now - since)) only" }
        return nil
    }

    /// `rule team/* (registry.yml:41)`
    private var name: String { "rule \(repositories.text)" + (place.map { " (\($0))" } ?? "") }

    private static func age(_ seconds: Int) -> String {
        seconds < 172_800 ? Wording.count(max(seconds, 0) / 3_600, "hour") : Wording.count(seconds / 86_400, "day")
    }
}

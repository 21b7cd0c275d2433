/// Finds, for each rule in turn, an earlier one that matches all that it matches.
///
/// - Cost: linear where rules name accounts or repositories literally, as long lists do: those are only compared with rules of
///   the same account or name. The others are compared pairwise, up to `limit` comparisons for a list.
struct ShadowSearch {
    private static let limit = 1_000_000

    private var general: [AccessRule] = []
    private var byAccount: [[UInt8]: [AccessRule]] = [:]
    private var byName: [[UInt8]: [AccessRule]] = [:]
    private var comparisons = 0

    /// The earlier rule that keeps this one from being reached; nil when none is seen.
    mutating func shadow(of rule: AccessRule) -> AccessRule? {
        let account = Self.literal(.account, of: rule)
        let name = Self.literal(.name, of: rule)
        for earlier in [general, account.flatMap { byAccount[$0] } ?? [], name.flatMap { byName[$0] } ?? []] {
            guard comparisons + earlier.count <= Self.limit else { continue }
            comparisons += earlier.count
            if let found = earlier.first(where: { $0.covers(rule) }) { return found }
        }
        return nil
    }

    mutating func add(_ rule: AccessRule) {
        if let account = Self.literal(.account, of: rule) {
            byAccount[account, default: []].append(rule)
        } else if let name = Self.literal(.name, of: rule) {
            byName[name, default: []].append(rule)
        } else {
            general.append(rule)
        }
    }

    private static func literal(_ field: AccessRequest.Field, of rule: AccessRule) -> [UInt8]? {
        guard case .literal(let bytes) = rule.patterns.first(where: { $0.field == field })?.pattern else { return nil }
        return bytes
    }
}

/// docker_auth's access control list: the first rule whose conditions all hold decides; without one nothing is allowed.
/// - Source: docker_auth's authz/acl.go; shared/reference/docker_auth.md, "ACL".
struct AccessList: Sendable {
    let rules: [AccessRule]
    private let gates: [RuleGate]
    private let cache = PatternCache()
    private let namesLabels: Bool

    init(rules: [AccessRule]) {
        self.rules = rules
        let token = Array("${labels:".utf8)
        namesLabels = rules.contains { rule in
            rule.patterns.contains { entry in
                if case .template(let text) = entry.pattern { text.contains(sequence: token) } else { false }
            }
        }
        gates = rules.map(RuleGate.init)
    }

    /// Whether the combinations of the account's labels may make a decision long: more than a few dozen of them.
    func isDear(_ request: AccessRequest) -> Bool {
        guard namesLabels else { return false }
        var combinations = 1
        for values in request.labels.values.values where !values.isEmpty {
            combinations = min(combinations * values.count, AccessRule.combinationLimit)
        }
        return combinations > 64
    }

    func decide(_ request: AccessRequest) -> AccessDecision {
        var shared: Placeholders?
        let account = BytePrefix(request.text(.account))
        let name = BytePrefix(request.text(.name))
        for index in gates.indices where gates[index].mayMatch(account: account, name: name) {
            let rule = rules[index]
            switch rule.compare(request, shared: &shared, cache: cache) {
            case .matches: return AccessDecision(rule: index, allowed: rule.allowed(request.actions))
            case .differs: continue
            // A rule that cannot be decided may be one that denies.
            case .tooManyCombinations: return AccessDecision(rule: index, allowed: [])
            }
        }
        return .nothing
    }
}

/// docker_auth's access control list: the first rule whose conditions all hold decides; without one nothing is allowed.
/// - Source: docker_auth's authz/acl.go; shared/reference/docker_auth.md, "ACL".
struct AccessList: Sendable {
    let rules: [AccessRule]
    private let gates: [RuleGate]
    private let cache = PatternCache()

    init(rules: [AccessRule]) {
        self.rules = rules
        gates = rules.map(RuleGate.init)
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

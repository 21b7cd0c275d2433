/// What the supervisor refuses in `acl:` before any worker sees it. The auth worker checks the patterns themselves.
struct AccessListCheck {
    let allowAnonymous: Bool
    let anonymousRemedy: String

    private static let conditions = ["account", "type", "name", "ip", "service", "labels"]

    /// Every problem of the list, in its order.
    func problems(in list: ConfigurationNode) -> [ConfigurationError] {
        let problems = ConfigurationProblems()
        for entry in problems.attempt({ try list.sequence() }) ?? [] {
            guard entry.isMapping else {
                problems.add([
                    entry.refused(
                        "must be a mapping, but is \(entry.kind)",
                        remedy: "Write it as {match: {account: NAME}, actions: [pull]}")
                ])
                continue
            }
            problems.add(entry.unknownKeys(["match", "actions", "comment"]))
            problems.attempt { try check(entry) }
        }
        return problems.errors
    }

    private func check(_ entry: ConfigurationNode) throws {
        guard let match = entry["match"], !match.isNull else {
            throw entry.refused("lacks match, and would apply to everyone", remedy: "Write match: {} if that is meant")
        }
        try match.refuseUnknownKeys(Self.conditions)
        for (key, condition) in try match.mapping() where key != "labels" { _ = try condition.string() }
        guard let actions = entry["actions"] else {
            throw entry.refused(
                "lacks actions", remedy: "Write actions: [pull], [\"*\"] for everything, or [] to deny")
        }
        let granted = try actions.strings()
        if !allowAnonymous, !granted.isEmpty, let account = match["account"], try account.string().isEmpty {
            throw account.refused("would let anonymous in (the account \"\")", remedy: anonymousRemedy)
        }
    }
}

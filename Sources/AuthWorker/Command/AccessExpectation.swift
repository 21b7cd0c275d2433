internal import BundleConfig

/// One line of a table of expectations for `acl test`:
/// `{account: alice, scope: "repository:team/app:pull,push", expect: [pull]}`, with `ip`, `service`, `labels`, `rule` where
/// they matter.
struct AccessExpectation {
    private static let keys = ["account", "scope", "expect", "ip", "service", "labels", "rule", "comment"]

    let place: String
    let account: String
    let scope: String
    let expected: [String]
    let address: IPAddress?
    let service: String
    let labels: Labels?
    /// From 0; nil when any rule may decide, -1 when none is to match.
    let rule: Int?

    /// Reads a table: a list, or a mapping whose `tests` is one.
    static func read(_ root: ConfigurationNode) throws(ConfigurationErrors) -> [AccessExpectation] {
        var reading = ConfigurationReading()
        let node = root["tests"] ?? root
        let entries = reading.attempt { () throws(ConfigurationError) in try node.sequence() } ?? []
        let table = entries.compactMap { AccessExpectation($0, reading: &reading) }
        if entries.isEmpty {
            reading.refuse(root.refused("holds no tests", remedy: "Write - {account, scope, expect}"))
        }
        try reading.finish()
        return table
    }

    private init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        reading.check(node, knows: Self.keys)
        let before = reading.errors.count
        place = node.line.map { "\(node.file.map { "\($0):" } ?? "line ")\($0)" } ?? node.path
        account = reading.attempt { () throws(ConfigurationError) in try node.string("account") } ?? ""
        scope = reading.attempt { () throws(ConfigurationError) in try node.string("scope") } ?? ""
        expected = reading.attempt { () throws(ConfigurationError) in try node["expect"]?.strings() } ?? []
        service = reading.attempt { () throws(ConfigurationError) in try node.string("service") } ?? ""
        rule = reading.attempt { () throws(ConfigurationError) in try node.integer("rule") }
        let ip = reading.attempt { () throws(ConfigurationError) in try node.string("ip") }
        address = ip.flatMap(IPAddress.init)
        if ip != nil, address == nil {
            reading.refuse((node["ip"] ?? node).refused("is no address", remedy: "Write 10.0.0.7"))
        }
        if scope.isEmpty || node["expect"] == nil {
            reading.refuse(
                node.refused(
                    "lacks scope or expect", remedy: "Write scope: repository:team/app:pull and expect: [pull] or []"))
        }
        let pairs = reading.attempt { () throws(ConfigurationError) in try node["labels"]?.mapping() } ?? []
        var named: [(name: String, values: [String])] = []
        for (name, value) in pairs {
            let texts = reading.attempt { () throws(ConfigurationError) in try value.strings() }
            named.append((name, texts ?? []))
        }
        labels = node["labels"] == nil ? nil : Labels(named)
        guard reading.errors.count == before else { return nil }
    }

    /// How the list differs from what is expected; nil when it does not.
    func difference(_ file: AccessListFile) -> String? {
        do {
            let request = try file.request(
                account: account, scope: scope, address: address, service: service, labels: labels)
            let decision = file.list.decide(request)
            let isAlike = Set(decision.allowed) == Set(expected) && (rule.map { $0 == decision.rule ?? -1 } ?? true)
            guard !isAlike else { return nil }
            let got = decision.allowed.isEmpty ? "nothing" : decision.allowed.joined(separator: ",")
            let wanted = expected.isEmpty ? "nothing" : expected.joined(separator: ",")
            let by = decision.rule.map { "rule \($0) \(file.list.rules[$0].source?.place ?? "")" } ?? "no rule"
            let who = account.isEmpty ? "anonymous" : account
            return
                "\(place): \(who) \(scope): expected \(wanted)\(rule.map { " by rule \($0)" } ?? ""), got \(got) by \(by)"
        } catch {
            return "\(place): \(scope): \(error.problem)"
        }
    }
}

import RegistryToken
import Testing

@testable import AuthWorker

/// The rules again, as slowly and plainly as can be, for lists of plain shell patterns.
private enum Restatement {
    struct Rule {
        var match: [String: String]
        var actions: [String]
    }

    static func decide(_ rules: [Rule], _ request: [String: String], _ actions: [String]) -> (Int, [String]) {
        for (index, rule) in rules.enumerated() {
            let holds = rule.match.allSatisfy { key, pattern in
                matches(Array(expand(pattern, request)), Array(request[key] ?? ""))
            }
            guard holds else { continue }
            if rule.actions == ["*"] { return (index, actions) }
            return (index, actions.filter { rule.actions.contains($0) })
        }
        return (-1, [])
    }

    private static func expand(_ pattern: String, _ request: [String: String]) -> String {
        guard pattern.contains("${account}") else { return pattern }
        let quoted = (request["account"] ?? "").map { "\\*?[].".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return pattern.replacing("${account}", with: quoted)
    }

    /// `*` and `?` without "/", `\c`; by trying everything.
    private static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case "*":
            let reach = text.prefix { $0 != "/" }.count
            return (0...reach).contains { matches(Array(pattern.dropFirst()), Array(text.dropFirst($0))) }
        case "?":
            guard let next = text.first, next != "/" else { return false }
            return matches(Array(pattern.dropFirst()), Array(text.dropFirst()))
        case "\\":
            guard pattern.count > 1, text.first == pattern[1] else { return false }
            return matches(Array(pattern.dropFirst(2)), Array(text.dropFirst()))
        default:
            return text.first == first && matches(Array(pattern.dropFirst()), Array(text.dropFirst()))
        }
    }
}

@Suite("The access list, against an obvious restatement")
struct AccessListPropertyTests {
    private static let accounts = ["", "a", "ab", "*", "a*", "ci", "a.b"]
    private static let names = ["", "a", "a/b", "ab/a", "*/x", "ci/app", "a.b/c", "a/b/c"]
    private static let patterns = [
        "*", "a*", "*/*", "?", "??", "${account}", "${account}/*", "*b", "a?", "*a*", "a/b", "\\*", "\\*/x", "*/?", "",
        "a/b/c", "ab/*", "a${account}", "ci/${account}*",
    ]

    @Test("decides alike for random lists and requests")
    func random() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<4_000 {
            var rules: [Restatement.Rule] = []
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                var match: [String: String] = [:]
                for key in ["account", "name", "type", "service"] where Bool.random(using: &generator) {
                    match[key] = Self.patterns.randomElement(using: &generator)
                }
                let actions = [["*"], ["pull"], [], ["pull", "push"]].randomElement(using: &generator) ?? []
                rules.append(Restatement.Rule(match: match, actions: actions))
            }
            let request = [
                "account": Self.accounts.randomElement(using: &generator) ?? "",
                "name": Self.names.randomElement(using: &generator) ?? "", "type": "repository", "service": "a",
            ]
            let expected = Restatement.decide(rules, request, ["pull", "push"])
            let list = AccessList(
                rules: try rules.map { rule in
                    let patterns = try AccessRequest.Field.allCases.compactMap { field in
                        try rule.match[field.key].map { (field: field, pattern: try TextPattern($0)) }
                    }
                    return AccessRule(
                        patterns: patterns, range: nil, labels: [], captures: [], actions: rule.actions, comment: nil)
                })
            let decision = list.decide(
                AccessRequest(
                    account: request["account"] ?? "", type: "repository", name: request["name"] ?? "", service: "a",
                    address: nil, actions: ["pull", "push"]))
            #expect(decision.rule ?? -1 == expected.0, "\(rules) \(request)")
            #expect(decision.allowed == expected.1, "\(rules) \(request)")
        }
    }
}

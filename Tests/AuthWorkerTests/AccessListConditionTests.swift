import BundleConfig
import Testing

@testable import AuthWorker

/// Rules with addresses, regular expressions, captures and labels again, as slowly and plainly as can be.
private struct PlainRule: CustomStringConvertible {
    var match: [String: String] = [:]
    var range: PlainRange?
    var labels: [String: String] = [:]
    var actions = ["*"]

    var description: String { yaml }

    /// As the configuration has it.
    var yaml: String {
        var parts = match.map { "\($0.key): '\($0.value)'" }
        if let range { parts.append("ip: '\(range.text)'") }
        if !labels.isEmpty {
            parts.append("labels: {\(labels.map { "\($0.key): '\($0.value)'" }.joined(separator: ", "))}")
        }
        return "{match: {\(parts.joined(separator: ", "))}, actions: ['\(actions.joined(separator: "', '"))']}"
    }

    func holds(_ request: PlainRequest) throws -> Bool {
        if let range, !range.members.contains(request.address) { return false }
        for (key, pattern) in match {
            // With the labels left out, then with each of their values in turn.
            var texts = [try fill(pattern, request)]
            for (label, values) in request.labels where pattern.contains("${labels:\(label)}") {
                texts += texts.flatMap { text in values.map { text.replacing("${labels:\(label)}", with: $0) } }
            }
            guard try texts.contains(where: { try Self.matches($0, request.fields[key] ?? "") }) else { return false }
        }
        for (label, pattern) in labels {
            let text = try fill(pattern, request)
            guard try (request.labels[label] ?? []).contains(where: { try Self.matches(text, $0) }) else {
                return false
            }
        }
        return true
    }

    private func fill(_ pattern: String, _ request: PlainRequest) throws -> String {
        var text = pattern
        if text.contains("${account:1}"), let own = match["account"], own.hasPrefix("/"), own.hasSuffix("/"),
            own.count > 2,
            let found = try Regex(String(own.dropFirst().dropLast())).firstMatch(in: request.fields["account"] ?? ""),
            found.output.count > 1
        {
            text = text.replacing("${account:1}", with: Self.quoted(String(found.output[1].substring ?? "")))
        }
        return text.replacing("${account}", with: Self.quoted(request.fields["account"] ?? ""))
    }

    private static func quoted(_ text: String) -> String {
        text.map { "\\.+*?()|[]{}^$".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }

    /// `/…/` somewhere in the text; else a shell pattern for the whole of it.
    private static func matches(_ pattern: String, _ text: String) throws -> Bool {
        if pattern.count > 2, pattern.hasPrefix("/"), pattern.hasSuffix("/") {
            return try Regex(String(pattern.dropFirst().dropLast())).firstMatch(in: text) != nil
        }
        var expression = ""
        var isEscaped = false
        for character in pattern {
            if isEscaped {
                expression += quoted("\(character)")
                isEscaped = false
            } else {
                switch character {
                case "\\": isEscaped = true
                case "*": expression += "[^/]*"
                case "?": expression += "[^/]"
                default: expression += quoted("\(character)")
                }
            }
        }
        return try Regex(expression).wholeMatch(in: text) != nil
    }
}

/// An `ip`, and those of the addresses in use that are in it.
private struct PlainRange {
    var text: String
    var members: Set<String>
}

private struct PlainRequest {
    var fields: [String: String]
    var address: String
    var labels: [String: [String]]
}

@Suite("The access list's conditions, against an obvious restatement", .timeLimit(.minutes(2)))
struct AccessListConditionTests {
    private static let addresses = ["10.0.0.7", "10.1.2.3", "192.168.5.1", "2001:db8::1", "2001:db9::1"]
    private static let ranges = [
        PlainRange(text: "10.0.0.7", members: ["10.0.0.7"]),
        PlainRange(text: "10.0.0.0/8", members: ["10.0.0.7", "10.1.2.3"]),
        PlainRange(text: "::ffff:10.0.0.7", members: ["10.0.0.7"]),
        PlainRange(text: "192.168.4.0/22", members: ["192.168.5.1"]),
        PlainRange(text: "0.0.0.0/0", members: ["10.0.0.7", "10.1.2.3", "192.168.5.1"]),
        PlainRange(text: "2001:db8::/32", members: ["2001:db8::1"]),
        PlainRange(text: "::/0", members: ["2001:db8::1", "2001:db9::1"]),
    ]
    private static let accounts = ["", "alice", "ci-web", "ci-a.b", "ci-", "a+b", ".*", "bob"]
    private static let names = [
        "web/app", "dev/app", "alice/x", "a.b/x", "aXb/x", "app", "web/dev", "x/web/app", ".*/x",
    ]
    private static let accountPatterns = [
        "/.+/", "/^ci-(.*)$/", "alice", "/^(a|b)/", "*", "/o/", "ci-*", "/^ci-(.+)$/",
    ]
    private static let namePatterns = [
        "${account}/*", "${account:1}/*", "/^${account}/", "/^${account:1}\\//", "${labels:group}/*",
        "/${labels:group}\\/app$/",
        "${labels:group}/${labels:role}", "*/app", "/app/", "web/*", "/^[a-z]+\\/x$/", "${labels:none}/*",
    ]
    private static let values = ["web", "dev", "a.b", "w*", "lead"]

    @Test("decides alike for random lists and requests with addresses, expressions, captures and labels")
    func random() throws {
        var generator = SeededGenerator(seed: 11)
        var decided = 0
        for _ in 0..<3_000 {
            let rules = (0..<Int.random(in: 1...4, using: &generator)).map { _ in rule(&generator) }
            let request = PlainRequest(
                fields: [
                    "account": Self.accounts.randomElement(using: &generator) ?? "",
                    "name": Self.names.randomElement(using: &generator) ?? "", "type": "repository", "service": "s",
                ],
                address: Self.addresses.randomElement(using: &generator) ?? "",
                labels: labels(&generator))
            let expected = try rules.firstIndex { try $0.holds(request) }
            var reading = ConfigurationReading()
            let text = "acl:\n" + rules.map { "- \($0.yaml)\n" }.joined()
            let list = AccessList(try #require(try ConfigurationNode.parse(text, file: nil)["acl"]), reading: &reading)
            try #require(reading.errors.isEmpty, "\(reading.errors) \(text)")
            let decision = list.decide(
                AccessRequest(
                    account: request.fields["account"] ?? "", type: "repository", name: request.fields["name"] ?? "",
                    service: "s", address: IPAddress(request.address), actions: ["pull", "push"],
                    labels: Labels(request.labels.map { ($0.key, $0.value) })))
            #expect(decision.rule == expected, "\(text) \(request)")
            let actions = expected.map { rules[$0].actions } ?? []
            #expect(decision.allowed == (actions == ["*"] ? ["pull", "push"] : actions), "\(text) \(request)")
            if expected != nil { decided += 1 }
        }
        // Neither always nor never.
        #expect((500..<2_900).contains(decided), "\(decided)")
    }

    private func rule(_ generator: inout SeededGenerator) -> PlainRule {
        var rule = PlainRule()
        func coin() -> Bool { Bool.random(using: &generator) }
        if coin() { rule.match["account"] = Self.accountPatterns.randomElement(using: &generator) }
        if coin() { rule.match["name"] = Self.namePatterns.randomElement(using: &generator) }
        if coin(), coin() { rule.range = Self.ranges.randomElement(using: &generator) }
        if coin(), coin() {
            rule.labels["group"] = ["web", "/^w/", "*", "${account}", "/e/"].randomElement(using: &generator)
        }
        if coin(), coin() { rule.labels["role"] = "lead" }
        rule.actions = coin() ? ["*"] : ["pull"]
        return rule
    }

    private func labels(_ generator: inout SeededGenerator) -> [String: [String]] {
        var labels: [String: [String]] = [:]
        for name in ["group", "role"] where Bool.random(using: &generator) {
            labels[name] = (0..<Int.random(in: 1...3, using: &generator)).compactMap { _ in
                Self.values.randomElement(using: &generator)
            }
        }
        return labels
    }
}

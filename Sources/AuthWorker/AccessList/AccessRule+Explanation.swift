extension AccessRule {
    /// The first condition that keeps the rule from matching, in words; nil when it matches.
    func mismatch(_ request: AccessRequest) -> String? {
        for field in AccessRequest.Field.allCases {
            guard let condition = patterns.first(where: { $0.field == field }) else { continue }
            var single = alone
            single.patterns = [condition]
            guard !single.holds(request) else { continue }
            let given = String(decoding: request.text(field), as: UTF8.self)
            return "\(field.key) \(Self.quoted(source?.texts[field] ?? "")) does not match \(Self.quoted(given))"
                + single.expansion(condition.pattern, request)
        }
        if let range {
            var single = alone
            single.range = range
            if !single.holds(request) {
                let address = request.address.map(\.description) ?? "an unknown address"
                return "ip \(source?.range ?? "") does not hold \(address)"
            }
        }
        for (index, label) in labels.enumerated() {
            var single = alone
            single.labels = [label]
            guard !single.holds(request) else { continue }
            let values = (request.labels[label.name] ?? []).map { Self.quoted(String(decoding: $0, as: UTF8.self)) }
            let given =
                values.isEmpty ? "the account does not have it" : "the account has \(values.joined(separator: ", "))"
            let text = source.map { $0.labels[index].text } ?? ""
            return "label \(label.name) \(Self.quoted(text)): \(given)"
        }
        return holds(request) ? nil : "its conditions hold one by one, but not together"
    }

    /// The conditions as they are written: `account "alice", name "team/*"`; `everyone and everything`.
    var conditions: String {
        guard !matchesEverything else { return "everyone and everything" }
        var parts: [String] = []
        for field in AccessRequest.Field.allCases {
            if let text = source?.texts[field] { parts.append("\(field.key) \(Self.quoted(text))") }
        }
        if let range = source?.range { parts.append("ip \(range)") }
        for label in source?.labels ?? [] { parts.append("label \(label.name) \(Self.quoted(label.text))") }
        return parts.joined(separator: ", ")
    }

    /// The rule without its conditions, but with what its placeholders refer to.
    private var alone: AccessRule {
        AccessRule(patterns: [], range: nil, labels: [], captures: captures, actions: actions, comment: comment)
    }

    private func holds(_ request: AccessRequest) -> Bool {
        var shared: Placeholders?
        return compare(request, shared: &shared, cache: PatternCache()) != .differs
    }

    /// ` (for this request "alice/*")`
    private func expansion(_ pattern: TextPattern, _ request: AccessRequest) -> String {
        guard case .template(let template) = pattern else { return "" }
        var placeholders = Placeholders(request)
        for capture in captures {
            if let value = capture.value(in: request) { placeholders.add(capture.token, quoting: value) }
        }
        let expanded = String(decoding: placeholders.expand(template), as: UTF8.self)
        return " (for this request \(Self.quoted(expanded)))"
    }

    private static func quoted(_ text: String) -> String { text.goQuoted }
}

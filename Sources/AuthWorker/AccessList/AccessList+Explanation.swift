extension AccessList {
    /// Which rule decides a request and why, for people: the verdict first, then why each earlier rule did not match.
    func explanation(_ request: AccessRequest) -> [String] {
        let decision = decide(request)
        var lines: [String] = []
        if let index = decision.rule {
            let rule = rules[index]
            lines.append("\(verdict(decision, request)): rule \(index)\(place(index)) decides")
            lines.append("  it matches \(rule.conditions), and allows \(Self.list(rule.actions))")
            if let comment = rule.comment, !comment.isEmpty { lines.append("  # \(comment)") }
        } else {
            lines.append("\(verdict(decision, request)): no rule matches, so that nothing is allowed")
        }
        let earlier = rules[..<(decision.rule ?? rules.count)]
        if !earlier.isEmpty { lines.append("why not one before it:") }
        for (index, rule) in earlier.enumerated() {
            lines.append("  rule \(index)\(place(index)): \(rule.mismatch(request) ?? "matches")")
        }
        return lines
    }

    private func verdict(_ decision: AccessDecision, _ request: AccessRequest) -> String {
        let denied = request.actions.filter { !decision.allowed.contains($0) }
        if decision.allowed.isEmpty { return "denied \(Self.list(request.actions))" }
        return "allowed \(Self.list(decision.allowed))" + (denied.isEmpty ? "" : ", denied \(Self.list(denied))")
    }

    private func place(_ index: Int) -> String {
        guard let source = rules[index].source, let line = source.line else { return "" }
        return " (\(source.file.map { "\($0):" } ?? "line ")\(line))"
    }

    private static func list(_ actions: [String]) -> String {
        actions.isEmpty ? "nothing" : actions.joined(separator: ",")
    }
}

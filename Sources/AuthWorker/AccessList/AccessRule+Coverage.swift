extension AccessRule {
    /// Whether every request that `other` matches is matched by this rule, so that `other` behind it is never reached.
    /// Errs on the side of no: only what can be seen from the patterns' texts.
    func covers(_ other: AccessRule) -> Bool {
        guard let own = source, let theirs = other.source else { return false }
        for (field, pattern) in patterns {
            let compiled = other.patterns.first { $0.field == field }?.pattern
            guard
                Self.covers(
                    pattern, own.texts[field] ?? "", compiled, theirs.texts[field],
                    sharingCaptures: sharesCaptures(own, theirs))
            else { return false }
        }
        if let range {
            guard let narrower = other.range, range.contains(narrower) else { return false }
        }
        for (index, (name, pattern)) in labels.enumerated() {
            let isCovered = other.labels.indices.contains { position in
                other.labels[position].name == name
                    && Self.covers(
                        pattern, own.labels[index].text, other.labels[position].pattern, theirs.labels[position].text,
                        sharingCaptures: sharesCaptures(own, theirs))
            }
            guard isCovered else { return false }
        }
        return true
    }

    /// Whether a `${account:1}` of the two rules means the same: its field has the same pattern in both.
    private func sharesCaptures(_ own: RuleSource, _ theirs: RuleSource) -> Bool {
        captures.allSatisfy { own.texts[$0.field] == theirs.texts[$0.field] }
    }

    /// - Parameter narrower: nil where the other rule has no such condition.
    private static func covers(
        _ pattern: TextPattern, _ text: String, _ narrower: TextPattern?, _ narrowerText: String?,
        sharingCaptures: Bool
    ) -> Bool {
        if text == "/.*/" { return true }
        guard let narrower, let narrowerText else { return false }
        if text.utf8.elementsEqual(narrowerText.utf8) { return sharingCaptures }
        switch (pattern, narrower) {
        case (.path, .literal(let bytes)), (.expression, .literal(let bytes)): return pattern.matches(bytes)
        case (.path, .path): return endsInStarOver(Array(text.utf8), Array(narrowerText.utf8))
        case (.literal, _), (.template, _), (_, .expression), (_, .template), (.expression, .path): return false
        }
    }

    /// `test-*` over `test-a?`: a text and a star, over a pattern that begins alike and stays within one component.
    private static func endsInStarOver(_ wide: [UInt8], _ narrow: [UInt8]) -> Bool {
        guard wide.last == UInt8(ascii: "*"), PathPattern.isLiteral(Array(wide.dropLast())),
            narrow.starts(with: wide.dropLast())
        else { return false }
        let rest = narrow.dropFirst(wide.count - 1)
        return !rest.contains { [UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "\\")].contains($0) }
    }
}

/// An entry of the access list, compiled.
struct AccessRule: Sendable {
    /// What a comparison may come to: too many combinations of labels deny the whole request.
    enum Outcome: Equatable {
        case matches, differs, tooManyCombinations
    }

    /// How many combinations of label values a pattern may stand for in one request.
    static let combinationLimit = 10_000

    /// In the order in which they are asked: cheap ones first.
    var patterns: [(field: AccessRequest.Field, pattern: TextPattern)]
    var range: AddressRange?
    var labels: [(name: String, pattern: TextPattern)]
    var captures: [CaptureReference]
    /// `["*"]` allows whatever is asked for.
    var actions: [String]
    var comment: String?
    /// What the file says, for whoever is told about the rule; nil for a rule that no file has.
    var source: RuleSource?

    /// Whether the rule has no condition, so that none behind it is ever asked.
    var matchesEverything: Bool { patterns.isEmpty && range == nil && labels.isEmpty }

    /// Whether every condition holds.
    /// - Parameter shared: the placeholders of the request, made when a rule first needs them.
    func compare(
        _ request: AccessRequest, shared: inout Placeholders?, cache: PatternCache
    ) -> Outcome {
        for (field, pattern) in patterns {
            if case .template = pattern { continue }
            guard pattern.matches(request.text(field)) else { return .differs }
        }
        if let range {
            guard let address = request.address, range.contains(address) else { return .differs }
        }
        var placeholders: Placeholders?
        for (field, pattern) in patterns {
            guard case .template(let template) = pattern else { continue }
            let values = placeholders ?? fill(request, &shared)
            placeholders = values
            let outcome = matchTemplate(template, request.text(field), values, request.labels, cache)
            if outcome != .matches { return outcome }
        }
        for (name, pattern) in labels {
            guard let given = request.labels[name] else { return .differs }
            var resolved: TextPattern? = pattern
            if case .template(let template) = pattern {
                let values = placeholders ?? fill(request, &shared)
                placeholders = values
                resolved = cache.pattern(values.expand(template))
            }
            guard let resolved, given.contains(where: { resolved.matches($0) }) else { return .differs }
        }
        return .matches
    }

    func allowed(_ requested: [String]) -> [String] {
        if actions == ["*"] { return requested }
        // A handful each: nothing that a set would be faster for. By bytes, as docker_auth compares.
        var both: [String] = []
        for action in actions where requested.contains(where: { $0.utf8.elementsEqual(action.utf8) }) {
            if !both.contains(where: { $0.utf8.elementsEqual(action.utf8) }) { both.append(action) }
        }
        return both.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The request's placeholders together with this rule's captures.
    private func fill(_ request: AccessRequest, _ shared: inout Placeholders?) -> Placeholders {
        var placeholders = shared ?? Placeholders(request)
        shared = placeholders
        for capture in captures {
            if let value = capture.value(in: request) { placeholders.add(capture.token, quoting: value) }
        }
        return placeholders
    }

    /// First without labels, then with every combination of the values of the labels that the pattern names.
    private func matchTemplate(
        _ template: [UInt8], _ text: [UInt8], _ placeholders: Placeholders, _ labels: Labels,
        _ cache: PatternCache
    ) -> Outcome {
        if cache.pattern(placeholders.expand(template))?.matches(text) ?? false { return .matches }
        var sets: [(token: [UInt8], values: [[UInt8]])] = []
        var combinations = 1
        for (name, values) in labels.values {
            let token = Array("${labels:".utf8) + name + [UInt8(ascii: "}")]
            guard template.contains(sequence: token) else { continue }
            sets.append((token, values))
            let (product, overflow) = combinations.multipliedReportingOverflow(by: values.count)
            combinations = overflow ? .max : product
        }
        guard !sets.isEmpty else { return .differs }
        guard combinations <= Self.combinationLimit else { return .tooManyCombinations }
        for number in 0..<combinations {
            var values = placeholders
            var rest = number
            for set in sets {
                values.add(set.token, pattern: set.values[rest % set.values.count])
                rest /= set.values.count
            }
            if cache.pattern(values.expand(template))?.matches(text) ?? false { return .matches }
        }
        return .differs
    }
}

extension [UInt8] {
    func contains(sequence: [UInt8]) -> Bool {
        guard count >= sequence.count else { return false }
        return (0...(count - sequence.count)).contains { self[$0...].starts(with: sequence) }
    }
}

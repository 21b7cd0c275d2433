internal import BundleConfig
internal import HTTPService

extension AccessList {
    /// Reads the `acl` list. Refuses what would crash docker_auth or let everyone in through a slip.
    init(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        let entries = reading.attempt { () throws(ConfigurationError) in try node.sequence() } ?? []
        var rules: [AccessRule] = []
        var search = ShadowSearch()
        for entry in entries {
            guard let rule = AccessRule(entry, reading: &reading) else { continue }
            if let shadow = search.shadow(of: rule) {
                let place = shadow.source?.place ?? "an earlier rule"
                let extent = shadow.matchesEverything ? "everything" : "all that it matches"
                reading.warn(
                    entry.refused(
                        "is never reached: \(place) matches \(extent)",
                        remedy: "Move it before that rule or remove it"))
            }
            search.add(rule)
            rules.append(rule)
        }
        self.init(rules: rules)
    }
}

extension AccessRule {
    private static let matchKeys = AccessRequest.Field.allCases.map(\.key) + ["ip", "labels"]

    /// Nil when the entry is refused; why is in `reading`.
    init?(_ node: ConfigurationNode, reading: inout ConfigurationReading) {
        guard node.isMapping else {
            reading.refuse(
                node.refused("is not a rule", remedy: "Write it as {match: {…}, actions: […]}"))
            return nil
        }
        let before = reading.errors.count
        reading.check(node, knows: ["match", "actions", "comment"])
        let actions = Self.actions(node, reading: &reading)
        comment = reading.attempt { () throws(ConfigurationError) in try node.string("comment") }

        guard let match = node["match"], match.isMapping else {
            reading.refuse(
                (node["match"] ?? node).refused(
                    "has no conditions", remedy: "Add match: {…}; match: {} stands for everyone and everything"))
            return nil
        }
        // Never a mere warning: docker_auth would drop the condition, and the rule would match everyone.
        reading.errors += match.unknownKeys(Self.matchKeys)

        var texts: [AccessRequest.Field: String] = [:]
        var patterns: [(field: AccessRequest.Field, pattern: TextPattern)] = []
        for field in AccessRequest.Field.allCases {
            guard let value = match[field.key] else { continue }
            guard let pattern = Self.pattern(value, reading: &reading) else { continue }
            texts[field] = pattern.text
            patterns.append((field, pattern.compiled))
        }
        self.patterns = patterns.sorted { $0.pattern.cost < $1.pattern.cost }
        range = nil
        var rangeText: String?
        if let value = match["ip"], let text = reading.attempt({ () throws(ConfigurationError) in try value.string() })
        {
            range = AddressRange(text)
            rangeText = text
            if range == nil {
                reading.refuse(
                    value.refused(
                        "is no IP address or network: \"\(text)\"", remedy: "Write it as 10.0.0.7 or 10.0.0.0/8"))
            }
        }
        labels = []
        var labelTexts: [(name: String, text: String)] = []
        let named = reading.attempt { () throws(ConfigurationError) in try match["labels"]?.mapping() } ?? []
        for (name, value) in named {
            guard let pattern = Self.pattern(value, reading: &reading) else { continue }
            labels.append((name, pattern.compiled))
            labelTexts.append((name, pattern.text))
        }
        source = RuleSource(
            path: node.path, file: node.file, line: node.line, texts: texts, range: rangeText, labels: labelTexts)
        let found = CaptureReference.find(in: texts)
        captures = found.references
        for broken in found.broken where !broken.token.hasPrefix("${labels:") {
            reading.warn(
                match.refused(
                    "refers to \(broken.token), which nothing gives: \(broken.reason)",
                    remedy: "Refer to a group of the rule's own /…/ pattern for that field, counted from 1"))
        }
        guard let actions, reading.errors.count == before else { return nil }
        self.actions = actions
    }

    private static func actions(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> [String]? {
        guard let value = node["actions"], !value.isNull else {
            reading.refuse(
                (node["actions"] ?? node).refused(
                    "has no actions", remedy: "Add actions: [pull], [\"*\"] for all, or [] to deny"))
            return nil
        }
        return reading.attempt { () throws(ConfigurationError) in try value.strings() }
    }

    private static func pattern(
        _ node: ConfigurationNode, reading: inout ConfigurationReading
    ) -> (text: String, compiled: TextPattern)? {
        guard let text = reading.attempt({ () throws(ConfigurationError) in try node.string() }) else { return nil }
        do {
            return (text, try TextPattern(text))
        } catch {
            reading.refuse(node.refused("is no regular expression: \(error.problem)", remedy: error.remedy))
            return nil
        }
    }
}

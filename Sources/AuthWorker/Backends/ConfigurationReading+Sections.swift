internal import BundleConfig

extension ConfigurationReading {
    /// A key that must be there and not empty.
    mutating func required(_ key: String, of node: ConfigurationNode, example: String) -> String? {
        guard let value = node[key], !value.isNull else {
            refuse(node.refused("has no \(key)", remedy: "Add \(key): \(example)"))
            return nil
        }
        guard let text = attempt({ () throws(ConfigurationError) in try value.string() }) else { return nil }
        guard !text.isEmpty else {
            refuse(value.refused("is empty", remedy: "Write \(key): \(example)"))
            return nil
        }
        return text
    }

    mutating func text(_ key: String, of node: ConfigurationNode) -> String? {
        attempt { () throws(ConfigurationError) in try node.string(key) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    mutating func flag(_ key: String, of node: ConfigurationNode) -> Bool {
        attempt { () throws(ConfigurationError) in try node.bool(key) } ?? false
    }

    /// A time within bounds; the default when it is absent or refused.
    mutating func time(
        _ key: String, of node: ConfigurationNode, default standard: Duration, within bounds: ClosedRange<Duration>
    ) -> Duration {
        guard let time = attempt({ () throws(ConfigurationError) in try node.duration(key) }) else { return standard }
        guard bounds.contains(time) else {
            let (least, most) = (DurationText.text(bounds.lowerBound), DurationText.text(bounds.upperBound))
            refuse((node[key] ?? node).refused("is out of bounds", remedy: "Write a time from \(least) to \(most)"))
            return standard
        }
        return time
    }

    /// A number within bounds; the default when it is absent or refused.
    mutating func number(
        _ key: String, of node: ConfigurationNode, default standard: Int, within bounds: ClosedRange<Int>
    ) -> Int {
        guard let number = attempt({ () throws(ConfigurationError) in try node.integer(key) }) else { return standard }
        guard bounds.contains(number) else {
            refuse(
                (node[key] ?? node).refused(
                    "is out of bounds", remedy: "Write a number from \(bounds.lowerBound) to \(bounds.upperBound)"))
            return standard
        }
        return number
    }
}

// Reading typed values. Every refusal names the file, the line and the key.

extension ConfigurationNode {
    /// The entries of a mapping; null gives none.
    package func mapping() throws(ConfigurationError) -> [(key: String, value: ConfigurationNode)] {
        switch value {
        case .mapping(let entries): return entries.map { ($0.key, $0.value) }
        case .null: return []
        case .scalar, .sequence:
            throw refused("must be a mapping, but is \(kind)", remedy: "Write it as `key: value` lines")
        }
    }

    /// The elements of a list; null gives none.
    package func sequence() throws(ConfigurationError) -> [ConfigurationNode] {
        switch value {
        case .sequence(let nodes): return nodes
        case .null: return []
        case .scalar, .mapping: throw refused("must be a list, but is \(kind)", remedy: "Write it as `- value` lines")
        }
    }

    /// Any scalar's text, as written: an unquoted `1` or `true` is the text "1" or "true".
    package func string() throws(ConfigurationError) -> String {
        switch value {
        case .scalar(let text, _): return text
        case .null: throw refused("is empty", remedy: "Give it a value or remove the key")
        case .sequence, .mapping: throw refused("must be a text, but is \(kind)", remedy: "Write a single value")
        }
    }

    package func integer() throws(ConfigurationError) -> Int {
        let text = try string()
        guard let number = Int(text.filter { $0 != "_" }) else {
            throw refused("must be a whole number, but is \"\(text)\"", remedy: "Write digits only")
        }
        return number
    }

    package func bool() throws(ConfigurationError) -> Bool {
        let text = try string()
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw refused("must be true or false, but is \"\(text)\"", remedy: "Write true or false")
        }
    }

    /// A span of time: `90s`, `1h30m`, `500ms`, or plain seconds.
    package func duration() throws(ConfigurationError) -> Duration {
        let text = try string()
        guard let duration = DurationText.parse(text) else {
            throw refused("must be a duration, but is \"\(text)\"", remedy: "Write it as 90s, 15m, 1h30m or 500ms")
        }
        return duration
    }

    /// A number of bytes: `512`, `64k`, `64MiB`, `10MB`.
    package func byteSize() throws(ConfigurationError) -> ByteSize {
        let text = try string()
        guard let size = ByteSize(text) else {
            throw refused("must be a size, but is \"\(text)\"", remedy: "Write it as 512, 64KiB, 10MB or 2GiB")
        }
        return size
    }

    package func strings() throws(ConfigurationError) -> [String] {
        var texts: [String] = []
        for node in try sequence() { texts.append(try node.string()) }
        return texts
    }
}

// A mapping's key: nil when it is absent or null.
extension ConfigurationNode {
    func present(_ key: String) -> ConfigurationNode? {
        guard let node = self[key], !node.isNull else { return nil }
        return node
    }

    package func string(_ key: String) throws(ConfigurationError) -> String? { try present(key)?.string() }
    package func integer(_ key: String) throws(ConfigurationError) -> Int? { try present(key)?.integer() }
    package func bool(_ key: String) throws(ConfigurationError) -> Bool? { try present(key)?.bool() }
    package func duration(_ key: String) throws(ConfigurationError) -> Duration? { try present(key)?.duration() }
    package func byteSize(_ key: String) throws(ConfigurationError) -> ByteSize? { try present(key)?.byteSize() }
    package func strings(_ key: String) throws(ConfigurationError) -> [String]? { try present(key)?.strings() }
}

extension ConfigurationNode {
    /// Refuses every key of this mapping that is not known, each with the nearest key that is.
    package func refuseUnknownKeys(_ known: [String]) throws(ConfigurationErrors) {
        let errors = unknownKeys(known)
        if !errors.isEmpty { throw ConfigurationErrors(errors) }
    }

    /// An error for every key of this mapping that is not known. Empty for anything but a mapping.
    package func unknownKeys(_ known: [String]) -> [ConfigurationError] {
        guard case .mapping(let entries) = value else { return [] }
        return entries.filter { !known.contains($0.key) }.map { entry in
            let near = EditDistance.nearest(to: entry.key, among: known)
            return entry.value.refused(
                "is not a known key",
                remedy: near.map { "Did you mean \($0)?" } ?? "Known here: \(known.sorted().joined(separator: ", "))")
        }
    }
}

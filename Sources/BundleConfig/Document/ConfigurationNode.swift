/// A value of a YAML document together with where it stands, so that whatever refuses it can say so.
///
/// - Positions: `path` is the path of keys from the root (`users.admin.password`, `acl[2].match`), `line` counts from 1.
/// - Null: an absent value and an explicit null read alike (`mapping()` and `sequence()` give nothing).
package struct ConfigurationNode: Sendable, Equatable {
    /// What a node holds.
    package enum Value: Sendable, Equatable {
        case null
        /// The text as written; `plain` tells an unquoted scalar (`yes`) from a quoted one (`"yes"`).
        case scalar(String, plain: Bool)
        case sequence([ConfigurationNode])
        case mapping([Entry])
    }

    /// A key and its value, in the order of the document.
    package struct Entry: Sendable, Equatable {
        package var key: String
        package var value: ConfigurationNode
    }

    package var value: Value
    package var path: String
    package var line: Int?
    package var file: String?

    package init(_ value: Value, path: String = "", line: Int? = nil, file: String? = nil) {
        self.value = value
        self.path = path
        self.line = line
        self.file = file
    }

    package static func == (lhs: ConfigurationNode, rhs: ConfigurationNode) -> Bool {
        lhs.value == rhs.value
    }
}

// MARK: - Making

extension ConfigurationNode {
    package static let null = ConfigurationNode(.null)

    package static func mapping(_ pairs: [(String, ConfigurationNode)]) -> ConfigurationNode {
        ConfigurationNode(.mapping(pairs.map { Entry(key: $0.0, value: $0.1) }))
    }

    package static func list(_ nodes: [ConfigurationNode]) -> ConfigurationNode {
        ConfigurationNode(.sequence(nodes))
    }

    package static func string(_ text: String) -> ConfigurationNode {
        ConfigurationNode(.scalar(text, plain: false))
    }

    package static func integer(_ number: Int) -> ConfigurationNode {
        ConfigurationNode(.scalar(String(number), plain: true))
    }

    package static func bool(_ flag: Bool) -> ConfigurationNode {
        ConfigurationNode(.scalar(flag ? "true" : "false", plain: true))
    }
}

// MARK: - Looking

extension ConfigurationNode {
    package var isNull: Bool { value == .null }

    package var isMapping: Bool {
        if case .mapping = value { true } else { false }
    }

    package var isSequence: Bool {
        if case .sequence = value { true } else { false }
    }

    package var isScalar: Bool {
        if case .scalar = value { true } else { false }
    }

    /// The keys of a mapping in the document's order; nothing for any other node.
    package var keys: [String] {
        guard case .mapping(let entries) = value else { return [] }
        return entries.map(\.key)
    }

    /// The value of a mapping's key; nil when the key is absent or this is not a mapping.
    package subscript(_ key: String) -> ConfigurationNode? {
        guard case .mapping(let entries) = value else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// An error at this node.
    package func refused(_ problem: String, remedy: String) -> ConfigurationError {
        ConfigurationError(file: file, line: line, key: path, problem: problem, remedy: remedy)
    }

    /// What the node is, in the words of an error message.
    package var kind: String {
        switch value {
        case .null: "empty"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

// MARK: - Merging

extension ConfigurationNode {
    /// This node with `over` laid upon it: mappings merge key by key, lists and scalars are replaced, null removes nothing.
    package func merging(_ over: ConfigurationNode) -> ConfigurationNode {
        guard case .mapping(var entries) = value, case .mapping(let others) = over.value else {
            return over.isNull ? self : over
        }
        for other in others {
            if let index = entries.firstIndex(where: { $0.key == other.key }) {
                entries[index].value = entries[index].value.merging(other.value)
            } else {
                entries.append(other)
            }
        }
        return ConfigurationNode(.mapping(entries), path: over.path, line: over.line, file: over.file)
    }
}

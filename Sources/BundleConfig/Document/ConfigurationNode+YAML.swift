import Yams

// YAML in and out, by Yams (libyaml).

extension ConfigurationNode {
    /// How many nodes a document may have once its aliases are expanded.
    static let nodeLimit = 200_000

    /// Reads one YAML document.
    /// - Throws: the first syntax error, a duplicate key, or a document that is too large.
    package static func parse(_ text: String, file: String?) throws(ConfigurationError) -> ConfigurationNode {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Self.error(error, file: file)
        } catch {
            throw ConfigurationError(
                file: file, key: "", problem: "is not YAML", remedy: "Check it with a YAML linter")
        }
        guard let root else { return ConfigurationNode(.null, file: file) }
        var budget = nodeLimit
        return try convert(root, path: "", line: root.mark?.line, file: file, budget: &budget)
    }

    private static func error(_ error: YamlError, file: String?) -> ConfigurationError {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let sentence = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
            return ConfigurationError(
                file: file, line: mark.line, key: "", problem: "not YAML: \(sentence)",
                remedy: "Check the indentation (spaces, no tabs), the quotes and the colons there")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return ConfigurationError(
                file: file, line: context.mark.line, key: duplicates.first ?? "",
                problem: "stands twice in one mapping",
                remedy: "Keep one of them")
        case .reader(let problem, _, _, _):
            return ConfigurationError(
                file: file, key: "", problem: "cannot be read as YAML: \(problem)", remedy: "Save it as UTF-8")
        default:
            return ConfigurationError(
                file: file, key: "", problem: "cannot be read as YAML", remedy: "Check it with a YAML linter")
        }
    }

    private static func convert(
        _ node: Node, path: String, line: Int?, file: String?, budget: inout Int
    ) throws(ConfigurationError) -> ConfigurationNode {
        budget -= 1
        let result = ConfigurationNode(.null, path: path, line: line, file: file)
        guard budget > 0 else {
            throw result.refused("has more than \(nodeLimit) values", remedy: "Use fewer aliases")
        }
        switch node {
        case .scalar(let scalar):
            let plain = scalar.style == .plain || scalar.style == .any
            let isNull = plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return result.with(isNull ? .null : .scalar(scalar.string, plain: plain))
        case .sequence(let sequence):
            var nodes: [ConfigurationNode] = []
            for (index, element) in sequence.enumerated() {
                nodes.append(
                    try convert(
                        element, path: "\(path)[\(index)]", line: element.mark?.line, file: file, budget: &budget))
            }
            return result.with(.sequence(nodes))
        case .mapping(let mapping):
            return result.with(.mapping(try entries(of: mapping, path: path, file: file, budget: &budget)))
        case .alias:
            throw result.refused("refers to an anchor that is not defined", remedy: "Define the anchor above")
        }
    }

    private static func entries(
        of mapping: Node.Mapping, path: String, file: String?, budget: inout Int
    ) throws(ConfigurationError) -> [Entry] {
        var entries: [Entry] = []
        var merged: [Entry] = []
        for (keyNode, valueNode) in mapping {
            guard case .scalar(let scalar) = keyNode else {
                throw ConfigurationError(
                    file: file, line: keyNode.mark?.line, key: path, problem: "has a key that is not a text",
                    remedy: "Quote the key")
            }
            let key = scalar.string
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            let value = try convert(
                valueNode, path: keyPath, line: keyNode.mark?.line ?? valueNode.mark?.line, file: file, budget: &budget)
            if key == "<<", scalar.style == .plain {
                let sources = value.isSequence ? try value.sequence() : [value]
                for source in sources {
                    guard case .mapping(let more) = source.value else {
                        throw value.refused("must merge a mapping", remedy: "Point it at an anchor of a mapping")
                    }
                    merged += more
                }
            } else {
                entries.append(Entry(key: key, value: value))
            }
        }
        for entry in merged where !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
        return entries
    }

    private func with(_ value: Value) -> ConfigurationNode {
        ConfigurationNode(value, path: path, line: line, file: file)
    }
}

extension ConfigurationNode {
    /// The document as YAML text, in the order of its keys; texts of several lines as literal blocks.
    package func yaml() -> String {
        (try? Yams.serialize(node: yamsNode(), indent: 2, width: -1, allowUnicode: true)) ?? ""
    }

    private func yamsNode() -> Node {
        switch value {
        case .null:
            return Node("null", .implicit, .plain)
        case .scalar(let text, let plain):
            if plain { return Node(text, .implicit, .plain) }
            var scalar: Node.Scalar = text.represented()
            if text.contains("\n") { scalar.style = .literal }
            return .scalar(scalar)
        case .sequence(let nodes):
            return Node(nodes.map { $0.yamsNode() }, .implicit, nodes.isEmpty ? .flow : .block)
        case .mapping(let entries):
            let pairs = entries.map { (Node.scalar($0.key.represented()), $0.value.yamsNode()) }
            return Node(pairs, .implicit, pairs.isEmpty ? .flow : .block)
        }
    }
}

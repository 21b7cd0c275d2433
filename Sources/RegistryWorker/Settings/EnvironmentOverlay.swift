import BundleConfig
import Glibc

/// Lays `REGISTRY_…` variables over a configuration, as distribution does: `REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`
/// is `storage.filesystem.rootdirectory`, `REGISTRY_HTTP_TLS_CLIENTCAS_0` the first of a list; values are YAML.
/// - Source: distribution's `configuration/parser.go`.
struct EnvironmentOverlay {
    /// The variable that names the file itself.
    static let pathVariable = "REGISTRY_CONFIGURATION_PATH"
    private static let prefix = "REGISTRY_"

    /// One sentence for each variable that means nothing.
    private(set) var warnings: [String] = []
    private(set) var errors: [ConfigurationError] = []

    /// This process's variables.
    static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        // Read once at the start and on a reload; nothing of ours sets a variable meanwhile.
        guard let file = fopen("/proc/self/environ", "re") else { return variables }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        for entry in bytes.split(separator: 0) {
            let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            variables[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
        }
        return variables
    }

    /// The configuration with the variables over it; the less specific ones first, by their names' order.
    mutating func apply(_ environment: [String: String], to node: ConfigurationNode) -> ConfigurationNode {
        var result = node
        let own = environment.filter { $0.key.hasPrefix(Self.prefix) && $0.key != Self.pathVariable }
        for (name, text) in own.sorted(by: { $0.key < $1.key }) {
            let value: ConfigurationNode
            do throws(ConfigurationError) {
                value = try ConfigurationNode.parse(text, file: name)
            } catch {
                errors.append(
                    ConfigurationError(
                        file: name, key: "", problem: error.problem, remedy: "Give the variable a YAML value"))
                continue
            }
            let parts = name.dropFirst(Self.prefix.count).split(
                separator: Character("_"), omittingEmptySubsequences: false)
            if let changed = set(value, at: parts[...], in: result, along: .whole, path: "", name) {
                result = changed
            }
        }
        return result
    }

    /// - Returns: nil when the variable leads nowhere; then a warning or an error says so.
    private mutating func set(
        _ value: ConfigurationNode, at parts: ArraySlice<Substring>, in node: ConfigurationNode,
        along shape: ConfigurationShape, path: String, _ name: String
    ) -> ConfigurationNode? {
        guard let part = parts.first else { return value.placed(at: path) }
        let rest = parts.dropFirst()
        switch shape {
        case .value:
            return unrecognised(name)
        case .record(let fields):
            guard let field = fields.first(where: { $0.part == part }) else { return unrecognised(name) }
            return set(value, under: field.key, in: node, rest, along: field.shape, path, name)
        case .open:
            if case .sequence = node.value {
                return set(value, at: parts, in: node, along: .list(.open), path: path, name)
            }
            guard !part.isEmpty else { return unrecognised(name) }
            let key = node.keys.first { $0.uppercased() == part } ?? part.lowercased()
            return set(value, under: key, in: node, rest, along: .open, path, name)
        case .list(let element):
            guard let index = Int(part), index >= 0 else { return unrecognised(name) }
            var elements = (try? node.sequence()) ?? []
            guard index <= elements.count else {
                errors.append(
                    ConfigurationError(
                        file: name, key: path, problem: "has only \(elements.count) elements, so there is no \(index)",
                        remedy: "Number them from 0 without gaps"))
                return nil
            }
            if index == elements.count { elements.append(ConfigurationNode(.null)) }
            let place = "\(path)[\(index)]"
            guard let changed = set(value, at: rest, in: elements[index], along: element, path: place, name) else {
                return nil
            }
            elements[index] = changed
            return ConfigurationNode(.sequence(elements), path: path, line: node.line, file: node.file ?? name)
        }
    }

    /// Sets a key of a mapping, made where there is none; `auth: htpasswd` is `auth: {htpasswd: {}}`.
    private mutating func set(
        _ value: ConfigurationNode, under key: String, in node: ConfigurationNode, _ rest: ArraySlice<Substring>,
        along shape: ConfigurationShape, _ path: String, _ name: String
    ) -> ConfigurationNode? {
        let node = node.asChoice()
        guard node.isMapping || node.isNull else { return unrecognised(name) }
        let place = path.isEmpty ? key : "\(path).\(key)"
        guard let changed = set(value, at: rest, in: node[key] ?? .null, along: shape, path: place, name) else {
            return nil
        }
        var entries: [ConfigurationNode.Entry] = []
        if case .mapping(let present) = node.value { entries = present }
        if let index = entries.firstIndex(where: { $0.key == key }) {
            entries[index].value = changed
        } else {
            entries += ConfigurationNode.mapping([(key, changed)]).entries
        }
        return ConfigurationNode(.mapping(entries), path: path, line: node.line, file: node.file ?? name)
    }

    private mutating func unrecognised(_ name: String) -> ConfigurationNode? {
        warnings.append("the environment variable \(name) names no key of the configuration and is ignored")
        return nil
    }
}

extension ConfigurationNode {
    var entries: [Entry] {
        if case .mapping(let entries) = value { entries } else { [] }
    }

    /// `auth: htpasswd` and `storage: filesystem` name a choice without settings.
    func asChoice() -> ConfigurationNode {
        guard case .scalar(let text, _) = value, !text.isEmpty else { return self }
        let chosen = ConfigurationNode(.mapping([]), path: "\(path).\(text)", line: line, file: file)
        return ConfigurationNode(
            .mapping(ConfigurationNode.mapping([(text, chosen)]).entries), path: path, line: line, file: file)
    }

    /// The node and all below it, as if they stood at a path.
    fileprivate func placed(at path: String) -> ConfigurationNode {
        var node = self
        node.path = path
        node.line = nil
        switch value {
        case .null, .scalar: break
        case .sequence(let nodes):
            node.value = .sequence(nodes.enumerated().map { $1.placed(at: "\(path)[\($0)]") })
        case .mapping(let entries):
            node.value = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = entry.value.placed(at: "\(path).\(entry.key)")
                    return entry
                })
        }
        return node
    }
}

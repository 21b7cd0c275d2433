import BundleConfig

/// Reads `policy`, gathering every problem before it gives up. Distribution's own part of it, `repository`, is told of by the
/// configuration's reader.
struct RegistryPolicyReader {
    private var policy = RegistryPolicy()
    private var errors: [ConfigurationError] = []

    static func read(_ node: ConfigurationNode?) throws(ConfigurationErrors) -> RegistryPolicy {
        guard let node, !node.isNull else { return RegistryPolicy() }
        var reader = RegistryPolicyReader()
        reader.errors += node.unknownKeys(["repository", "immutable", "quotas", "retention"])
        reader.each(node["immutable"], ["repositories", "tags"]) { (part, policy) throws(ConfigurationError) in
            policy.immutable.append(
                RegistryPolicy.Immutable(
                    repositories: try Self.pattern(part, "repositories"), tags: try Self.pattern(part, "tags")))
        }
        reader.each(node["quotas"], ["repositories", "bytes", "tags"]) { (part, policy) throws(ConfigurationError) in
            let quota = RegistryPolicy.Quota(
                repositories: try Self.pattern(part, "repositories"), bytes: try part.byteSize("bytes")?.bytes,
                tags: try Self.count(part, "tags"))
            guard quota.bytes != nil || quota.tags != nil else {
                throw part.refused("limits nothing", remedy: "Give it bytes (10GiB), tags (100), or both")
            }
            policy.quotas.append(quota)
        }
        reader.each(node["retention"], ["repositories", "keep_last", "keep_tags", "not_pulled_for"]) {
            (part, policy) throws(ConfigurationError) in
            let rule = Retention(
                repositories: try Self.pattern(part, "repositories"), keepLast: try Self.count(part, "keep_last"),
                keepTags: try part.strings("keep_tags")?.map { NamePattern($0) } ?? [],
                notPulledFor: try part.duration("not_pulled_for"), place: Self.place(part))
            guard rule.keepLast != nil || rule.notPulledFor != nil else {
                throw part.refused("would let every tag go", remedy: "Give it keep_last, not_pulled_for, or both")
            }
            policy.retention.append(rule)
        }
        guard reader.errors.isEmpty else { throw ConfigurationErrors(reader.errors) }
        return reader.policy
    }

    private mutating func each(
        _ node: ConfigurationNode?, _ keys: [String],
        _ body: (ConfigurationNode, inout RegistryPolicy) throws(ConfigurationError) -> Void
    ) {
        guard let node, !node.isNull else { return }
        do throws(ConfigurationError) {
            for part in try node.sequence() {
                errors += part.unknownKeys(keys)
                do throws(ConfigurationError) { try body(part, &policy) } catch { errors.append(error) }
            }
        } catch {
            errors.append(error)
        }
    }

    /// `registry.yml:41`
    private static func place(_ node: ConfigurationNode) -> String? {
        guard let file = node.file?.split(separator: "/").last else { return nil }
        return "\(file)" + (node.line.map { ":\($0)" } ?? "")
    }

    private static func pattern(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> NamePattern {
        guard let text = try node.string(key), !text.isEmpty else {
            throw node.refused("needs \(key)", remedy: "Write \(key): \"**\" for all, or a pattern such as \"team/*\"")
        }
        return NamePattern(text)
    }

    private static func count(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> Int? {
        guard let number = try node.integer(key) else { return nil }
        guard number > 0 else {
            throw (node[key] ?? node).refused("is \(number)", remedy: "Give it a number from 1 up")
        }
        return number
    }
}

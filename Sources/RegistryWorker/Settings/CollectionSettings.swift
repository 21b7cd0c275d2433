import BundleConfig

/// `storage.maintenance.gc`: when garbage is collected by itself. `dockmaster gc` works without it too.
struct CollectionSettings: Sendable, Equatable {
    var isEnabled = false
    var interval: Duration = .seconds(24 * 3_600)
    /// What is younger is kept; at least ten minutes, as what clients were told is noted that seldom.
    var grace: Duration = .seconds(3_600)
    var isDryRun = false
    var removesUntagged = false

    init() {}

    /// - Throws: `ConfigurationErrors`, all of them.
    init(_ node: ConfigurationNode?) throws(ConfigurationErrors) {
        guard let node, !node.isNull else { return }
        var errors = node.unknownKeys(["enabled", "interval", "grace", "dryrun", "untagged"])
        func read<Value>(
            _ key: String, _ value: (ConfigurationNode) throws(ConfigurationError) -> Value, into target: inout Value
        ) {
            guard let part = node[key], !part.isNull else { return }
            do throws(ConfigurationError) {
                target = try value(part)
            } catch {
                errors.append(error)
            }
        }
        let flag = { (node: ConfigurationNode) throws(ConfigurationError) in try node.bool() }
        read("enabled", flag, into: &isEnabled)
        read("dryrun", flag, into: &isDryRun)
        read("untagged", flag, into: &removesUntagged)
        read("interval", { (node) throws(ConfigurationError) in try Self.atLeast(60, node) }, into: &interval)
        read("grace", { (node) throws(ConfigurationError) in try Self.atLeast(600, node) }, into: &grace)
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    }

    private static func atLeast(_ seconds: Int, _ node: ConfigurationNode) throws(ConfigurationError) -> Duration {
        let duration = try node.duration()
        guard duration >= .seconds(seconds) else {
            throw node.refused(
                "is less than \(seconds) s", remedy: "Give it a time of at least \(seconds)s, such as 24h")
        }
        return duration
    }
}

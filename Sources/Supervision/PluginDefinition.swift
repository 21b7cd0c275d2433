/// A plugin as it is configured.
package struct PluginDefinition: Sendable, Equatable, Codable {
    package enum Use: Sendable, Equatable, Codable {
        /// One of ours: `resource_watcher`, `command_reloader`, `cron`, `flapping`.
        case builtIn(String)
        /// A program that speaks JSON lines on descriptors 3 and 4.
        case executable([String])
    }

    package var name: String
    package var use: Use
    /// What it may ask for: "restart", "stop", "start", "signal", "reload", "emit", "run".
    package var may: Set<String>
    /// Whether the supervisor ends when the plugin has given up.
    package var isRequired: Bool
    /// The settings as one JSON object's text, for `hello`; the built-ins read the same. May hold secrets.
    package var settings: String
    package var environment: [String: String] = [:]
    package var attributes = ProcessAttributes()

    package init(
        name: String, use: Use, may: Set<String> = [], isRequired: Bool = false, settings: String = "{}"
    ) {
        self.name = name
        self.use = use
        self.may = may
        self.isRequired = isRequired
        self.settings = settings
    }
}

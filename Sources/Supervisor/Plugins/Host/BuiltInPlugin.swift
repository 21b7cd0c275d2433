internal import BundleConfig
internal import PluginInterface

/// A plugin that is part of the supervisor: arithmetic on events and /proc, on the loop's thread, without blocking.
/// Whatever parses foreign input or uses the network is a process of its own.
protocol BuiltInPlugin: AnyObject {
    /// What it asks for; a `may:` list in the configuration narrows it.
    static var commands: Set<String> { get }

    /// Reads and checks its settings. Makes nothing, starts nothing.
    init(_ settings: ConfigurationNode) throws(ConfigurationErrors)

    var subscriptions: Set<SupervisorEvent.Kind> { get }
    func start(_ office: PluginOffice)
    func take(_ event: SupervisorEvent)
    func stop()
}

/// The built-in plugins by the names of `use:`.
enum BuiltInPlugins {
    static var kinds: [String: any BuiltInPlugin.Type] {
        [
            "resource_watcher": ResourceWatcher.self, "command_reloader": CommandReloader.self, "cron": Cron.self,
            "flapping": Flapping.self,
        ]
    }
}

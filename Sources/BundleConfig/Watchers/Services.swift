import Supervision

/// What `watchers:`, `sockets:`, `plugins:` and `supervisor:` of all files come to.
struct Services: Sendable, Equatable {
    /// The user's own, in the order of the files; those that `after` and `requires` name exist.
    var watchers: [WatcherDefinition] = []
    var plugins: [PluginDefinition] = []
    var supervisor = SupervisorSettings()
    /// What is said of a bundle's own workers.
    var workers: [String: ConfigurationNode] = [:]
    /// The same as one document without includes, for people's eyes.
    var document = ConfigurationNode.null
}

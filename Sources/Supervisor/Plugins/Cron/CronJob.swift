internal import BundleConfig
internal import PluginInterface

/// A job of the cron plugin.
struct CronJob: Sendable, Equatable {
    var name: String
    var schedule: CronSchedule
    /// As it was written, for the log.
    var text: String
    var order: PluginCommand.Order
    /// Whether it may run while its last run has not ended.
    var mayOverlap: Bool

    static let keys = ["schedule", "run", "do", "watcher", "overlap"]

    init(_ name: String, _ node: ConfigurationNode) throws(ConfigurationErrors) {
        try node.refuseUnknownKeys(Self.keys)
        self.name = name
        do throws(ConfigurationError) {
            guard let text = try node.string("schedule") else {
                throw node.refused("has no schedule", remedy: "Write schedule: \"30 4 * * *\"")
            }
            self.text = text
            do throws(CronFault) {
                schedule = try CronSchedule(text)
            } catch {
                throw (node["schedule"] ?? node).refused("is no schedule: \(error.problem)", remedy: error.remedy)
            }
            mayOverlap = try node.bool("overlap") ?? false
            order = try Self.order(node)
        } catch {
            throw ConfigurationErrors([error])
        }
    }

    private static func order(_ node: ConfigurationNode) throws(ConfigurationError) -> PluginCommand.Order {
        let watcher = try node.string("watcher")
        if let run = node["run"] {
            guard watcher == nil, node["do"] == nil else {
                throw node.refused(
                    "has run beside do and watcher", remedy: "Keep one: run a command, or do something to a watcher")
            }
            // A text is for the shell, as in a crontab; a list is run as it is.
            let words = run.isSequence ? try run.strings() : ["/bin/sh", "-c", try run.string()]
            guard words.first?.isEmpty == false else { throw run.refused("is empty", remedy: "Name a program") }
            return .run(words)
        }
        let verb = try node.string("do") ?? "start"
        guard let watcher else {
            if verb == "reload" { return .reload(nil) }
            throw node.refused("does nothing", remedy: "Give it run, or do and watcher")
        }
        switch verb {
        case "start": return .start(watcher)
        case "restart": return .restart(watcher)
        case "reload": return .reload(watcher)
        case "stop": return .stop(watcher)
        default:
            throw (node["do"] ?? node).refused("\(verb) is no command", remedy: "Use start, restart, reload or stop")
        }
    }
}

/// What a plugin asks for.
package struct PluginCommand: Sendable, Equatable {
    /// What is to be done. Each has the name that the plugin's `may:` list has it under.
    package enum Order: Sendable, Equatable {
        case restart(String)
        case stop(String)
        case start(String)
        /// By name, "SIGUSR1" or "USR1".
        case signal(String, watcher: String)
        /// One watcher, or the whole configuration.
        case reload(String?)
        /// Tells everybody who listens.
        case emit([String: String], watcher: String?)
        /// Runs a command to its end; its output is the plugin's log.
        case run([String])
    }

    /// The plugin's own name for it; its `result` carries it. At most 128 bytes.
    package var id: String
    package var order: Order
    /// Why, in a sentence that stands in the log.
    package var reason: String

    package init(id: String, order: Order, reason: String) {
        self.id = id
        self.order = order
        self.reason = reason
    }

    /// Every name there is, for checking a `may:` list.
    package static let names = ["restart", "stop", "start", "signal", "reload", "emit", "run"]

    /// The name on the wire.
    package var name: String {
        switch order {
        case .restart: "restart"
        case .stop: "stop"
        case .start: "start"
        case .signal: "signal"
        case .reload: "reload"
        case .emit: "emit"
        case .run: "run"
        }
    }

    package var watcher: String? {
        switch order {
        case .restart(let name), .stop(let name), .start(let name), .signal(_, let name): name
        case .reload(let name), .emit(_, let name): name
        case .run: nil
        }
    }
}

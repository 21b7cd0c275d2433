internal import Glibc
internal import ProcessControl
internal import Supervision

/// How everything stands, as the control socket tells it.
struct StatusReport {
    struct Instance {
        var number: Int
        var pid: ProcessID?
        var state: String
        var uptime: Duration?
        var restarts: Int
        var status: String
        /// "SIGSEGV 4 min ago": how its last process ended, where that says something.
        var lastEnd: String?
    }

    struct WatcherStatus {
        var name: String
        var state: String
        var isReady: Bool
        /// Whether it is as it should be: ready, done, or stopped because somebody wanted that.
        var isAsWanted: Bool
        var instances: [Instance]
        /// Why it has failed, or does not start.
        var reason: String?
    }

    var version: String
    var state: String
    var uptime: Duration
    var watchers: [WatcherStatus]
    var sockets: [(name: String, address: String)]
    var plugins: [PluginStatus] = []

    var isReady: Bool {
        state == "running" && watchers.allSatisfy(\.isAsWanted) && plugins.allSatisfy { $0.state != "failed" }
    }

    /// How everything stands in one sentence, for somebody who has just been woken up.
    var summary: String {
        if state == "stopping" { return "dockmaster is stopping" }
        let failed = watchers.filter { $0.state == "failed" }
        if let first = failed.first {
            let why = first.reason.map { " (\($0))" } ?? ""
            let more = failed.count > 1 ? ", and \(failed.count - 1) more" : ""
            return "\(first.name) has failed\(why)\(more): see dockmaster logs \(first.name)"
        }
        let waiting = watchers.filter { !$0.isAsWanted }
        if waiting.isEmpty, let plugin = plugins.first(where: { $0.state == "failed" }) {
            return "the plugin \(plugin.name) has failed\(plugin.status.isEmpty ? "" : " (\(plugin.status))")"
        }
        guard let first = waiting.first else {
            let stopped = watchers.count { $0.state == "stopped" }
            if watchers.isEmpty { return "there are no watchers" }
            return stopped == 0 ? "everything is ready" : "everything is as wanted: \(stopped) stopped, the rest ready"
        }
        let word = first.state == "backoff" ? "waits for its next start" : "is \(first.state)"
        let why = first.reason.map { " (\($0))" } ?? ""
        return "\(first.name) \(word)\(why)"
            + (waiting.count > 1 ? ", and \(waiting.count - 1) more are not ready" : "")
    }

    var json: JSONValue {
        .object([
            ("version", .string(version)), ("pid", .integer(Int(getpid()))), ("state", .string(state)),
            ("ready", .bool(isReady)), ("uptime_s", Self.seconds(uptime)), ("summary", .string(summary)),
            ("watchers", .array(watchers.map(Self.json))),
            ("sockets", Self.json(sockets)), ("plugins", .array(plugins.map(Self.json))),
        ])
    }

    private static func json(_ plugin: PluginStatus) -> JSONValue {
        .object([
            ("name", .string(plugin.name)), ("use", .string(plugin.use)), ("state", .string(plugin.state)),
            ("pid", plugin.pid.map { .integer(Int($0)) } ?? .null),
            ("uptime_s", plugin.uptime.map { seconds($0) } ?? .null), ("restarts", .integer(plugin.restarts)),
            ("status", .string(plugin.status)), ("required", .bool(plugin.isRequired)),
        ])
    }

    static func json(_ sockets: [(name: String, address: String)]) -> JSONValue {
        .array(sockets.map { .object([("name", .string($0.name)), ("address", .string($0.address))]) })
    }

    private static func json(_ watcher: WatcherStatus) -> JSONValue {
        .object([
            ("name", .string(watcher.name)), ("state", .string(watcher.state)), ("ready", .bool(watcher.isReady)),
            ("as_wanted", .bool(watcher.isAsWanted)), ("reason", .optional(watcher.reason)),
            (
                "instances",
                .array(
                    watcher.instances.map { instance in
                        .object([
                            ("instance", .integer(instance.number)),
                            ("pid", instance.pid.map { .integer(Int($0)) } ?? .null),
                            ("state", .string(instance.state)),
                            ("uptime_s", instance.uptime.map { seconds($0) } ?? .null),
                            ("restarts", .integer(instance.restarts)), ("status", .string(instance.status)),
                            ("last_end", .optional(instance.lastEnd)),
                        ])
                    })
            ),
        ])
    }

    private static func seconds(_ duration: Duration) -> JSONValue { .integer(Int(duration.components.seconds)) }
}

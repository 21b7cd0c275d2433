internal import Glibc
internal import ProcessControl
internal import Supervision

/// How the bundle stands: for the control socket, as JSON or as a table.
struct StatusReport {
    struct Instance {
        var number: Int
        var pid: ProcessID?
        var state: String
        var uptime: Duration?
        var restarts: Int
        var status: String
    }

    struct WatcherStatus {
        var name: String
        var instances: [Instance]
        var isReady: Bool
    }

    var version: String
    var state: String
    var uptime: Duration
    var watchers: [WatcherStatus]
    var sockets: [(name: String, address: String)]

    var isReady: Bool { state == "running" && watchers.allSatisfy(\.isReady) }

    var json: JSONValue {
        .object([
            ("version", .string(version)), ("pid", .integer(Int(getpid()))), ("state", .string(state)),
            ("ready", .bool(isReady)), ("uptime_s", Self.seconds(uptime)),
            ("watchers", .array(watchers.map(Self.json))),
            (
                "sockets",
                .array(sockets.map { .object([("name", .string($0.name)), ("address", .string($0.address))]) })
            ),
        ])
    }

    private static func json(_ watcher: WatcherStatus) -> JSONValue {
        .object([
            ("name", .string(watcher.name)), ("state", .string(watcher.instances.first?.state ?? "stopped")),
            ("ready", .bool(watcher.isReady)),
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
                        ])
                    })
            ),
        ])
    }

    private static func seconds(_ duration: Duration) -> JSONValue {
        .integer(Int(duration.components.seconds))
    }

    /// A table for people.
    var text: String {
        var rows = [["WATCHER", "STATE", "PID", "UPTIME", "RESTARTS", "STATUS"]]
        for watcher in watchers {
            for instance in watcher.instances {
                rows.append([
                    "\(watcher.name)[\(instance.number)]", instance.state, instance.pid.map { "\($0)" } ?? "-",
                    instance.uptime.map { Words.duration($0) } ?? "-", "\(instance.restarts)", instance.status,
                ])
            }
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                line += cell
                if index < row.count - 1 { line += String(repeating: " ", count: widths[index] - cell.count + 2) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        let head = "dockmaster \(version), pid \(getpid()), \(state) for \(Words.duration(uptime))"
        let listening = sockets.map { "\($0.name) \($0.address)" }.joined(separator: ", ")
        return ([head] + table + ["listening: \(listening)"]).joined(separator: "\n") + "\n"
    }
}

extension Arbiter {
    var status: StatusReport {
        let word =
            switch phase {
            case .starting: "starting"
            case .running: reload == nil ? "running" : "reloading"
            case .stopping: "stopping"
            }
        return StatusReport(
            version: Version.text, state: word, uptime: MonotonicTime.now.since(startedAt),
            watchers: order.compactMap { watchers[$0] }.map { watcher in
                .init(
                    name: watcher.name, instances: watcher.everySlot.map(instance), isReady: watcher.isReady)
            }, sockets: sockets.addresses)
    }

    private func instance(_ slot: WatcherSlot) -> StatusReport.Instance {
        let waits = slot.machine.state == .stopped && phase == .starting
        return .init(
            number: slot.instance, pid: slot.child?.pid, state: waits ? "waiting" : slot.machine.state.word,
            uptime: slot.child == nil ? nil : slot.startedAt.map { MonotonicTime.now.since($0) },
            restarts: slot.restarts, status: slot.status)
    }
}

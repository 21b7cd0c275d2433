import BundleLog
import Synchronization

/// What became of an endpoint's events since the process started.
struct EndpointCounters: Sendable, Equatable {
    /// Events that wait.
    var pending = 0
    /// Events that came in.
    var events = 0
    /// Answers that accepted an event.
    var successes = 0
    /// Answers that did not.
    var failures = 0
    /// Attempts without an answer, and events that could not be queued.
    var errors = 0
    /// Events that were dropped because the queue was full.
    var dropped = 0
    /// Answers by their status.
    var statuses: [Int: Int] = [:]

    /// The counters of all endpoints under distribution's names, as Prometheus reads them.
    /// - Source: distribution's `notifications/metrics.go`.
    static func prometheus(_ endpoints: [(name: String, counters: EndpointCounters)]) -> String {
        guard !endpoints.isEmpty else { return "" }
        var events = "# HELP registry_notifications_events_total The number of total events\n"
        events += "# TYPE registry_notifications_events_total counter\n"
        var pending = "# HELP registry_notifications_pending_total The gauge of pending events in queue\n"
        pending += "# TYPE registry_notifications_pending_total gauge\n"
        var statuses = "# HELP registry_notifications_status_total The number of status code\n"
        statuses += "# TYPE registry_notifications_status_total counter\n"
        for (name, counters) in endpoints {
            let label = "endpoint=\"\(escaped(name))\""
            for (type, count) in [
                ("Events", counters.events), ("Successes", counters.successes), ("Failures", counters.failures),
                ("Errors", counters.errors), ("Dropped", counters.dropped),
            ] {
                events += "registry_notifications_events_total{type=\"\(type)\",\(label)} \(count)\n"
            }
            pending += "registry_notifications_pending_total{\(label)} \(counters.pending)\n"
            for (status, count) in counters.statuses.sorted(by: { $0.key < $1.key }) {
                statuses += "registry_notifications_status_total{code=\"\(status)\",\(label)} \(count)\n"
            }
        }
        return events + pending + statuses
    }

    private static func escaped(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}

import BundleLog

/// Which upstreams are ready, and why the others are not.
struct HealthReport: Sendable, Equatable {
    /// The upstreams by name; nil for one that is ready, else why not.
    var upstreams: [(name: String, problem: String?)]

    /// What is not wrong yet: certificates that end soon.
    var warnings: [String] = []

    var isReady: Bool { upstreams.allSatisfy { $0.problem == nil } }

    static func == (lhs: HealthReport, rhs: HealthReport) -> Bool {
        lhs.warnings == rhs.warnings
            && lhs.upstreams.elementsEqual(rhs.upstreams) { $0.name == $1.name && $0.problem == $1.problem }
    }

    /// `{"status":"ok","upstreams":{"auth":"ok"}}`, or `"unavailable"` with a reason for each that is not ready.
    var json: String {
        var states = JSONLine()
        for upstream in upstreams { states.add(upstream.name, upstream.problem ?? "ok") }
        var line = JSONLine()
        line.add("status", isReady ? "ok" : "unavailable")
        if !isReady {
            let waiting = upstreams.filter { $0.problem != nil }.map(\.name).joined(separator: ", ")
            line.add("reason", "not ready: \(waiting)")
        }
        line.add(object: states, for: "upstreams")
        if !warnings.isEmpty { line.add("warning", warnings.joined(separator: "; ")) }
        return String(decoding: line.finished(), as: UTF8.self)
    }
}

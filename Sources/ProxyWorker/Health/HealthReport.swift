import BundleLog

/// Which upstreams are ready, and why the others are not.
struct HealthReport: Sendable, Equatable {
    struct State: Sendable, Equatable {
        var name: String
        /// Why it is not ready; nil when it is: of several servers one suffices.
        var problem: String?
    }

    var upstreams: [State]

    /// What is not wrong yet: certificates that end soon.
    var warnings: [String] = []

    var isReady: Bool { upstreams.allSatisfy { $0.problem == nil } }

    /// `{"status":"ok","upstreams":{"auth":"ok"}}`, or `"unavailable"` with a reason for each that is not ready. Servers and
    /// their addresses are not named: this is everybody's, `/status` and the metrics are not.
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

extension HealthReport.State {
    /// - Parameter problems: of the servers that are not ready.
    init(_ upstream: Upstream, _ problems: [UpstreamEndpoint: String]) {
        name = upstream.name
        let servers = upstream.everyEndpoint
        guard let first = servers.first, servers.allSatisfy({ problems[$0] != nil }) else { return }
        // What a worker of ours says of itself helps whoever asks; it is no address.
        problem = servers.count == 1 && first.socket.hasPrefix("/") ? problems[first] : "not ready"
    }
}

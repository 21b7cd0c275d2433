import BundleLog

/// Which upstreams are ready, and why the others are not.
struct HealthReport: Sendable, Equatable {
    struct State: Sendable, Equatable {
        var name: String
        /// Why it is not ready; nil when it is: of several servers one suffices.
        var problem: String?
        /// Of several servers each by its socket, with its own problem.
        var servers: [Server] = []
    }

    struct Server: Sendable, Equatable {
        var socket: String
        var problem: String?
    }

    var upstreams: [State]

    /// What is not wrong yet: certificates that end soon.
    var warnings: [String] = []

    var isReady: Bool { upstreams.allSatisfy { $0.problem == nil } }

    /// `{"status":"ok","upstreams":{"auth":"ok"}}`, or `"unavailable"` with a reason for each that is not ready. Of upstreams
    /// with several servers these stand below `servers`: `{"mirror":{"10.0.0.1:5000":"ok"}}`.
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
        let several = upstreams.filter { !$0.servers.isEmpty }
        if !several.isEmpty {
            var groups = JSONLine()
            for upstream in several {
                var servers = JSONLine()
                for server in upstream.servers { servers.add(server.socket, server.problem ?? "ok") }
                groups.add(object: servers, for: upstream.name)
            }
            line.add(object: groups, for: "servers")
        }
        if !warnings.isEmpty { line.add("warning", warnings.joined(separator: "; ")) }
        return String(decoding: line.finished(), as: UTF8.self)
    }
}

extension HealthReport.State {
    /// - Parameter problems: of the servers that are not ready.
    init(_ upstream: Upstream, _ problems: [UpstreamEndpoint: String]) {
        name = upstream.name
        let states = upstream.everyEndpoint.map { HealthReport.Server(socket: $0.socket, problem: problems[$0]) }
        if states.allSatisfy({ $0.problem != nil }) { problem = states.first?.problem }
        if upstream.hasSeveral { servers = states }
    }
}

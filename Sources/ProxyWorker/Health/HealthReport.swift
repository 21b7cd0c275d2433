/// Which upstreams are ready, and why the others are not.
struct HealthReport: Sendable, Equatable {
    /// The upstreams by name; nil for one that is ready, else why not.
    var upstreams: [(name: String, problem: String?)]

    var isReady: Bool { upstreams.allSatisfy { $0.problem == nil } }

    static func == (lhs: HealthReport, rhs: HealthReport) -> Bool {
        lhs.upstreams.elementsEqual(rhs.upstreams) { $0.name == $1.name && $0.problem == $1.problem }
    }

    /// `{"status":"ok","upstreams":{"auth":"ok"}}`, or `"unavailable"` with a reason for each that is not ready.
    var json: String {
        let entries = upstreams.map { upstream in
            let state = upstream.problem.map(ProxyAnswer.escaped) ?? "ok"
            return #""\#(ProxyAnswer.escaped(upstream.name))":"\#(state)""#
        }
        let waiting = upstreams.filter { $0.problem != nil }.map(\.name).joined(separator: ", ")
        let reason = isReady ? "" : #","reason":"not ready: \#(ProxyAnswer.escaped(waiting))""#
        return
            #"{"status":"\#(isReady ? "ok" : "unavailable")"\#(reason),"upstreams":{\#(entries.joined(separator: ","))}}"#
            + "\n"
    }
}

/// One HTTP request on the control socket.
struct ControlRequest: Sendable, Equatable {
    var method: String
    /// Without its query; not decoded.
    var path: String
    var query: [String: String] = [:]
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// What the peer may do.
    var level = ControlAccess.Level.admin

    /// The path's parts, decoded: "/v1/watchers/a%2A/start" → ["v1", "watchers", "a*", "start"].
    var segments: [String] {
        path.split(separator: "/").map { PercentCoding.decoded($0) ?? String($0) }
    }

    /// Whether a yes-or-no parameter is yes: `?wait`, `?wait=true`, `?wait=1`.
    func flag(_ name: String) -> Bool {
        guard let value = query[name] else { return false }
        return ["", "1", "true", "yes"].contains(value)
    }
}

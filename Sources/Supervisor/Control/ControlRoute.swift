/// One thing that the control socket answers. `etc/openapi.yaml` describes each; a test holds both together.
struct ControlRoute: Sendable {
    let method: String
    /// "/v1/watchers/{pattern}/start".
    let path: String
    /// What the client must be allowed to do.
    let level: ControlAccess.Level
    let run: @Sendable (ControlDesk, ControlCall) throws(ControlProblem) -> Void

    static func get(
        _ path: String, _ run: @escaping @Sendable (ControlDesk, ControlCall) throws(ControlProblem) -> Void
    ) -> ControlRoute {
        ControlRoute(method: "GET", path: path, level: .reader, run: run)
    }

    static func change(
        _ method: String, _ path: String,
        _ run: @escaping @Sendable (ControlDesk, ControlCall) throws(ControlProblem) -> Void
    ) -> ControlRoute {
        ControlRoute(method: method, path: path, level: .admin, run: run)
    }

    /// What a path names of this route's `{…}`; nil when it is not this route's.
    func match(_ segments: [String]) -> [String: String]? {
        let own = path.split(separator: "/")
        guard own.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(own, segments) {
            if part.hasPrefix("{") {
                parameters[String(part.dropFirst().dropLast())] = segment
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }
}

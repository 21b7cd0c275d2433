internal import BundleConfig

/// One call of a route: the request, what its path named, and the way to answer.
struct ControlCall {
    let request: ControlRequest
    /// The `{…}` of the route's path.
    let parameters: [String: String]
    let reply: (ControlResponse) -> Void

    /// The body's JSON object; empty when there is no body.
    func fields() throws(ControlProblem) -> JSONValue {
        guard !request.body.isEmpty else { return .object([]) }
        guard let value = JSONValue(request.body), case .object = value else {
            throw ControlProblem(400, "the body is no JSON object", remedy: "see etc/openapi.yaml for what it may hold")
        }
        return value
    }

    /// A duration of the query, "5", "5s", "500ms".
    func duration(_ name: String) throws(ControlProblem) -> Duration? {
        guard let text = request.query[name] else { return nil }
        guard let duration = DurationText.parse(text) else {
            throw ControlProblem(400, "\(name)=\(text) is no duration", remedy: "write it as 5s, 500ms or 2m")
        }
        return duration
    }
}

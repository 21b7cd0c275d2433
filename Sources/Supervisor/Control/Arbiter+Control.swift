// The control socket's routes.

extension Arbiter {
    func answer(_ request: ControlRequest, _ reply: @escaping (ControlResponse) -> Void) {
        switch (request.method, request.path) {
        case ("GET", "/v1/status"): reply(request.wantsText ? .text(status.text) : .json(status.json))
        case ("POST", "/v1/reload"):
            requestReload { outcome in
                reply(
                    request.wantsText
                        ? .text(outcome.text, status: outcome.httpStatus)
                        : .json(outcome.json, status: outcome.httpStatus))
            }
        case ("POST", "/v1/stop"):
            reply(.json(.object([("state", .string("stopping"))]), status: 202))
            shutDown(code: 0, why: "asked to over the control socket")
        case ("GET", "/v1/upgrade"): reply(.json(upgrades.json))
        case ("POST", "/v1/upgrade"):
            requestUpgrade(JSONValue(request.body)?["program"].string) { [weak self] refusal in
                if let refusal {
                    reply(.problem(422, refusal.description, remedy: "see dockmaster logs dockmaster"))
                } else {
                    reply(.json(self?.upgrades.json ?? .null, status: 202))
                }
            }
        case (_, "/v1/upgrade"), (_, "/v1/status"), (_, "/v1/reload"), (_, "/v1/stop"):
            reply(
                .problem(405, "\(request.method) is not answered here", remedy: "use GET for status, POST for the rest")
            )
        default:
            reply(
                .problem(404, "there is nothing at \(request.path)", remedy: "use /v1/status, /v1/reload or /v1/stop"))
        }
    }
}

extension ReloadOutcome {
    var isComplete: Bool { isApplied && steps.allSatisfy { $0.problem == nil } }

    /// 200: done; 422: refused, nothing has changed; 409: in force, but not everywhere.
    var httpStatus: Int { isComplete ? 200 : isApplied ? 409 : 422 }

    var json: JSONValue {
        .object([
            ("applied", .bool(isApplied)), ("problems", .array(problems.map { .string($0) })),
            ("warnings", .array(warnings.map { .string($0) })),
            (
                "steps",
                .array(
                    steps.map { step in
                        .object([
                            ("watcher", .string(step.watcher)), ("step", .string(step.step)),
                            ("problem", step.problem.map { .string($0) } ?? .null),
                        ])
                    })
            ),
        ])
    }

    var text: String {
        if !isApplied { return problems.map { "refused: \($0)\n" }.joined() + "nothing has changed\n" }
        return warnings.map { "warning: \($0)\n" }.joined() + "reloaded: \(summary)\n"
    }
}

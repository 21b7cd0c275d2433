internal import Supervision

// What is asked of the supervisor as a whole.

extension ControlDesk {
    static let wholeRoutes: [ControlRoute] = [
        .change("POST", "/v1/reload") { desk, call throws(ControlProblem) in
            let answer = try desk.patient(call)
            desk.arbiter.requestReload { answer(.json($0.json, status: $0.httpStatus)) }
        },
        .change("POST", "/v1/stop") { desk, call in
            call.reply(.json(.object([("state", .string("stopping"))]), status: 202))
            desk.arbiter.shutDown(code: 0, why: "asked to over the control socket")
        },
        .get("/v1/upgrade") { desk, call in call.reply(.json(desk.arbiter.upgrades.json)) },
        .change("POST", "/v1/upgrade") { desk, call throws(ControlProblem) in
            let arbiter = desk.arbiter
            arbiter.requestUpgrade(try call.fields()["program"].string) { refusal in
                if let refusal {
                    call.reply(.problem(422, refusal.description, remedy: "see dockmaster logs dockmaster"))
                } else {
                    call.reply(.json(arbiter.upgrades.json, status: 202))
                }
            }
        },
        .change("POST", "/v1/logs/rotate") { desk, call throws(ControlProblem) in
            let isSome = call.request.query["watcher"] != nil
            let names = try isSome ? desk.selectByQuery(call) : []
            desk.arbiter.relay.post(.rotate(watchers: names))
            call.reply(
                .json(.object([("watchers", .array((isSome ? names : desk.names).map { .string($0) }))]), status: 202))
        },
    ]
}

extension ReloadOutcome {
    var isComplete: Bool { isApplied && steps.allSatisfy { $0.problem == nil } }

    /// 200: done; 422: refused, nothing has changed; 409: in force, but not everywhere.
    var httpStatus: Int { isComplete ? 200 : isApplied ? 409 : 422 }

    var json: JSONValue {
        let steps = steps.map { step in
            JSONValue.object([
                ("watcher", .string(step.watcher)), ("step", .string(step.step)),
                ("problem", step.problem.map { .string($0) } ?? .null),
            ])
        }
        return .object([
            ("applied", .bool(isApplied)), ("problems", .array(problems.map { .string($0) })),
            ("warnings", .array(warnings.map { .string($0) })), ("summary", .string(summary)), ("steps", .array(steps)),
        ])
    }
}

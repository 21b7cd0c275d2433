internal import BundleConfig
internal import ProcessControl
internal import Supervision

// What is asked of running watchers.

extension ControlDesk {
    static let orderRoutes: [ControlRoute] = [
        .change("POST", "/v1/watchers/{pattern}/start") { desk, call throws(ControlProblem) in
            try desk.order(.start, call)
        },
        .change("POST", "/v1/watchers/{pattern}/stop") { desk, call throws(ControlProblem) in
            try desk.order(.stop, call)
        },
        .change("POST", "/v1/watchers/{pattern}/restart") { desk, call throws(ControlProblem) in
            try desk.order(.restart(sequential: try call.fields()["sequential"].bool ?? false), call)
        },
        .change("POST", "/v1/watchers/{pattern}/reload") { desk, call throws(ControlProblem) in
            try desk.order(.reload(try manner(call)), call)
        },
        .change("POST", "/v1/watchers/{pattern}/signal") { desk, call throws(ControlProblem) in
            try desk.order(try signal(call), call)
        },
        .change("POST", "/v1/watchers/{pattern}/kill") { desk, call throws(ControlProblem) in
            try desk.order(try kill(call), call)
        },
        .change("POST", "/v1/watchers/{pattern}/scale") { desk, call throws(ControlProblem) in
            try desk.order(try scale(call), call)
        },
    ]

    private func order(_ order: WatcherOrder, _ call: ControlCall) throws(ControlProblem) {
        let names = try select(call.parameters["pattern"] ?? "")
        let answer = try patient(call)
        arbiter.carryOut(order, on: names, waits: call.request.flag("wait")) { answer(Self.response($0)) }
    }

    /// Answers once: with what comes, or that it takes longer than `?timeout=` allows. Nothing is undone then.
    func patient(_ call: ControlCall) throws(ControlProblem) -> (ControlResponse) -> Void {
        guard call.request.flag("wait"), let limit = try call.duration("timeout") else { return call.reply }
        var isAnswered = false
        let loop = loop
        let timer = loop.after(limit) {
            guard !isAnswered else { return }
            isAnswered = true
            call.reply(
                .problem(
                    504, "not done within \(Words.duration(limit))",
                    remedy: "it goes on; dockmaster status shows how far it is"))
        }
        return { response in
            guard !isAnswered else { return }
            isAnswered = true
            loop.cancel(timer)
            call.reply(response)
        }
    }

    static func response(_ outcome: OrderOutcome) -> ControlResponse {
        let entries = outcome.entries.map { entry in
            JSONValue.object([
                ("watcher", .string(entry.watcher)), ("result", .string(entry.result)),
                ("problem", entry.problem.map { .string($0) } ?? .null),
                ("remedy", entry.remedy.map { .string($0) } ?? .null),
            ])
        }
        return .json(
            .object([("complete", .bool(outcome.isComplete)), ("watchers", .array(entries))]),
            status: outcome.isComplete ? 200 : 409)
    }

    // MARK: Bodies

    private static func manner(_ call: ControlCall) throws(ControlProblem) -> WatcherDefinition.ReloadManner? {
        guard let text = try call.fields()["manner"].string else { return nil }
        guard let manner = WatcherDefinition.ReloadManner(rawValue: text) else {
            let known = WatcherDefinition.ReloadManner.allCases.map(\.rawValue).joined(separator: ", ")
            throw ControlProblem(400, "\"\(text)\" is no manner of reloading", remedy: "use one of \(known)")
        }
        return manner
    }

    private static func signal(_ call: ControlCall) throws(ControlProblem) -> WatcherOrder {
        let fields = try call.fields()
        guard let number = try signalNumber(fields["signal"]) else {
            throw ControlProblem(400, "signal: is missing", remedy: #"say which: {"signal": "HUP"}"#)
        }
        return .signal(
            number,
            .init(
                pid: try pid(fields["pid"]), children: fields["children"].bool ?? false,
                recursive: fields["recursive"].bool ?? false))
    }

    private static func kill(_ call: ControlCall) throws(ControlProblem) -> WatcherOrder {
        let fields = try call.fields()
        var grace: Duration?
        if let text = fields["grace"].string ?? fields["grace"].integer.map(String.init) {
            guard let duration = DurationText.parse(text) else {
                throw ControlProblem(400, "grace: \"\(text)\" is no duration", remedy: "write it as 5s or 500ms")
            }
            grace = duration
        }
        return .kill(signal: try signalNumber(fields["signal"]), grace: grace, pid: try pid(fields["pid"]))
    }

    private static func scale(_ call: ControlCall) throws(ControlProblem) -> WatcherOrder {
        let fields = try call.fields()
        if let count = fields["to"].integer, (0...10_000).contains(count) { return .scale(.to(count)) }
        if let difference = fields["by"].integer, (-10_000...10_000).contains(difference) {
            return .scale(.by(difference))
        }
        throw ControlProblem(
            400, "neither to: nor by: is a number that makes sense", remedy: #"say {"to": 3} or {"by": -1}"#)
    }

    private static func signalNumber(_ value: JSONValue) throws(ControlProblem) -> Int32? {
        guard let text = value.string ?? value.integer.map(String.init) else { return nil }
        guard let number = SignalName.number(text) else {
            throw ControlProblem(400, "there is no signal \(text)", remedy: "use a name such as HUP, or 1 to 64")
        }
        return number
    }

    private static func pid(_ value: JSONValue) throws(ControlProblem) -> Int32? {
        guard !value.isNull else { return nil }
        guard let pid = value.integer.flatMap({ Int32(exactly: $0) }), pid > 0 else {
            throw ControlProblem(400, "pid: is no process number", remedy: "dockmaster stats shows them")
        }
        return pid
    }
}

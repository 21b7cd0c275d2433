internal import PluginInterface
internal import ProcessControl
internal import Supervision

// What may be looked at.

extension ControlDesk {
    static let lookRoutes: [ControlRoute] = [
        .get("/v1/status") { desk, call in call.reply(.json(desk.arbiter.status.json)) },
        .get("/v1/list") { desk, call throws(ControlProblem) in
            let names = try desk.selectByQuery(call)
            call.reply(.json(.object([("watchers", .array(names.map { .string($0) }))])))
        },
        .get("/v1/options/{watcher}") { desk, call throws(ControlProblem) in
            call.reply(.json(try desk.watcher(call.parameters["watcher"] ?? "").definition.json))
        },
        .get("/v1/watchers/{name}") { desk, call throws(ControlProblem) in try desk.get(call) },
        .get("/v1/stats") { desk, call throws(ControlProblem) in try desk.statistics(call) },
        .get("/v1/sockets") { desk, call in
            call.reply(.json(.object([("sockets", StatusReport.json(desk.arbiter.sockets.addresses))])))
        },
        .get("/v1/events") { desk, call throws(ControlProblem) in try desk.follow(call) },
        .get("/v1/health") { desk, call throws(ControlProblem) in try desk.health(call) },
        .get("/v1/plan") { desk, call throws(ControlProblem) in try desk.plan(call) },
    ]

    // MARK: Options

    /// Some options of one watcher: `?keys=numprocesses,env`.
    private func get(_ call: ControlCall) throws(ControlProblem) {
        let options = try watcher(call.parameters["name"] ?? "").definition.json
        guard let wanted = call.request.query["keys"] else { return call.reply(.json(options)) }
        var found: [(String, JSONValue)] = []
        for key in wanted.split(separator: ",").map(String.init) {
            guard let member = options.members.first(where: { $0.0 == key }) else {
                throw ControlProblem(
                    404, "there is no option \(key)",
                    remedy: "there are \(options.members.map(\.0).joined(separator: ", "))")
            }
            found.append(member)
        }
        call.reply(.json(.object(found)))
    }

    // MARK: Statistics

    private func statistics(_ call: ControlCall) throws(ControlProblem) {
        let subjects = try selectByQuery(call).compactMap { arbiter.watchers[$0] }.map { watcher in
            WatcherStatistics.Subject(
                watcher: watcher.name,
                processes: watcher.everySlot.compactMap { slot in slot.child.map { (slot.instance, $0.pid) } })
        }
        try find {
            .statistics(WatcherStatistics.read(subjects))
        } _: { finding in
            guard case .statistics(let watchers) = finding else { return }
            call.reply(
                .json(
                    .object([
                        ("totals", WatcherStatistics.totals(watchers.flatMap(\.all))),
                        ("watchers", .array(watchers.map(\.json))),
                    ])))
        }
    }

    // MARK: Events

    /// A line for each event, until the client goes: `?kinds=exited,ready&watcher=web*`.
    private func follow(_ call: ControlCall) throws(ControlProblem) {
        var kinds: Set<SupervisorEvent.Kind>?
        if let text = call.request.query["kinds"] {
            var wanted: Set<SupervisorEvent.Kind> = []
            for word in text.split(separator: ",") {
                guard let kind = SupervisorEvent.Kind(rawValue: String(word)) else {
                    let known = SupervisorEvent.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ControlProblem(400, "there is no kind of event \(word)", remedy: "there are \(known)")
                }
                wanted.insert(kind)
            }
            kinds = wanted
        }
        let watchers = call.request.query["watcher"].map { NamePattern($0) }
        let events = arbiter.events
        call.reply(
            .lines { stream in
                let subscription = events.subscribe { [weak stream] event in
                    if let kinds, !kinds.contains(event.kind) { return }
                    if let watchers, !watchers.matches(event.watcher ?? "") { return }
                    stream?.send(event.json)
                }
                stream.ended = { events.end(subscription) }
            })
    }

    // MARK: Health

    /// 200 or 503, as load balancers and orchestrators ask: `?level=alive` (nothing has failed for good) or `ready`.
    private func health(_ call: ControlCall) throws(ControlProblem) {
        let level = call.request.query["level"] ?? "ready"
        guard level == "alive" || level == "ready" else {
            throw ControlProblem(400, "there is no level \(level)", remedy: "use alive or ready")
        }
        let names = Set(try selectByQuery(call))
        let status = arbiter.status
        let watchers = status.watchers.filter { names.contains($0.name) }
        let wrong = watchers.filter { level == "alive" ? $0.state == "failed" : !$0.isAsWanted }
        let isWell = wrong.isEmpty && (level == "alive" || status.state == "running" || status.state == "reloading")
        call.reply(
            .json(
                .object([
                    ("healthy", .bool(isWell)), ("level", .string(level)),
                    ("unhealthy", .array(wrong.map { .string($0.name) })), ("summary", .string(status.summary)),
                ]), status: isWell ? 200 : 503))
    }

    // MARK: Plan

    /// What a reload would do, without doing it.
    private func plan(_ call: ControlCall) throws(ControlProblem) {
        let load = arbiter.surroundings.load
        try find {
            .desired(load())
        } _: { [weak self] finding in
            guard let self, case .desired(let result) = finding else { return }
            call.reply(self.plan(result))
        }
    }

    private func plan(_ result: Result<DesiredState, Refusal>) -> ControlResponse {
        let desired: DesiredState
        switch result {
        case .failure(let refusal): return Self.refused(refusal.problems)
        case .success(let state): desired = state
        }
        do {
            _ = try StartOrder(desired.definitions)
        } catch {
            return Self.refused(["\(error)"])
        }
        let current = arbiter.order.compactMap { arbiter.watchers[$0]?.definition }
        let plan = ReloadPlan(from: current, to: desired.definitions)
        return .json(
            .object([
                ("valid", .bool(true)), ("changes", .bool(!plan.isEmpty)), ("problems", .array([])),
                ("warnings", .array(desired.warnings.map { .string($0) })),
                (
                    "steps",
                    .array(
                        plan.steps.map { .object([("watcher", .string($0.watcher)), ("step", .string("\($0.step)"))]) })
                ),
            ]))
    }

    private static func refused(_ problems: [String]) -> ControlResponse {
        .json(
            .object([
                ("valid", .bool(false)), ("changes", .bool(false)), ("problems", .array(problems.map { .string($0) })),
                ("warnings", .array([])), ("steps", .array([])),
            ]), status: 422)
    }
}

extension SupervisorEvent {
    var json: JSONValue {
        .object([
            ("time", .integer(Int(time))), ("kind", .string(kind.rawValue)), ("watcher", .optional(watcher)),
            ("instance", instance.map { .integer($0) } ?? .null), ("pid", pid.map { .integer(Int($0)) } ?? .null),
            ("fields", .object(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ])
    }
}

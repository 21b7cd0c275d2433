internal import BundleConfig
internal import ProcessControl
internal import Supervision

// Watchers that come, change and go without a configuration that says so.

extension ControlDesk {
    static let changeRoutes: [ControlRoute] = [
        .change("POST", "/v1/watchers") { desk, call throws(ControlProblem) in try desk.add(call) },
        .change("PATCH", "/v1/watchers/{name}") { desk, call throws(ControlProblem) in try desk.change(call) },
        .change("DELETE", "/v1/watchers/{name}") { desk, call throws(ControlProblem) in try desk.remove(call) },
    ]

    private func add(_ call: ControlCall) throws(ControlProblem) {
        guard let name = call.request.query["name"], !name.isEmpty else {
            throw ControlProblem(400, "the watcher has no name", remedy: "give it one: ?name=sleeper")
        }
        let starts = call.request.flag("start")
        let text = String(decoding: call.request.body, as: UTF8.self)
        let (sockets, rotation) = (knownSockets, arbiter.settings.rotation)
        try define(
            { () throws(ConfigurationErrors) in
                try WatcherText.added(name, text, sockets: sockets, rotation: rotation)
            }, call
        ) { [weak self] definition in
            self?.arbiter.addWatcher(definition, starts: starts) { entry in
                call.reply(Self.response(entry, done: 201))
            }
        }
    }

    private func change(_ call: ControlCall) throws(ControlProblem) {
        let name = call.parameters["name"] ?? ""
        let definition = try watcher(name).definition
        let answer = try patient(call)
        let waits = call.request.flag("wait")
        let text = String(decoding: call.request.body, as: UTF8.self)
        let (sockets, rotation) = (knownSockets + definition.sockets, arbiter.settings.rotation)
        try define(
            { () throws(ConfigurationErrors) in
                try WatcherText.changed(definition, text, sockets: sockets, rotation: rotation)
            }, call
        ) { [weak self] changed in
            var isAnswered = false
            self?.arbiter.change(name, to: changed) { entry in
                if !isAnswered { answer(Self.response(entry, done: 200)) }
                isAnswered = true
            }
            guard !waits, !isAnswered else { return }
            isAnswered = true
            answer(Self.response(.init(watcher: name, result: "changing"), done: 200))
        }
    }

    private func remove(_ call: ControlCall) throws(ControlProblem) {
        let name = call.parameters["name"] ?? ""
        _ = try watcher(name)
        let answer = try patient(call)
        let waits = call.request.flag("wait")
        var isAnswered = false
        arbiter.removeWatcher(name, keepsProcesses: call.request.flag("keep")) { entry in
            if !isAnswered { answer(Self.response(entry, done: 200)) }
            isAnswered = true
        }
        guard !waits, !isAnswered else { return }
        isAnswered = true
        answer(Self.response(.init(watcher: name, result: "stopping"), done: 202))
    }

    // MARK: Definitions

    /// Every socket that some watcher has; a new one may share it.
    private var knownSockets: [SocketDefinition] { arbiter.watchers.values.flatMap(\.definition.sockets) }

    /// Reads a definition on a helper thread, for it may look up users; answers what is wrong with it.
    private func define(
        _ read: @escaping @Sendable () throws(ConfigurationErrors) -> WatcherDefinition, _ call: ControlCall,
        _ use: @escaping (WatcherDefinition) -> Void
    ) throws(ControlProblem) {
        try find {
            do throws(ConfigurationErrors) {
                return .definition(.success(try read()))
            } catch {
                return .definition(.failure(error))
            }
        } _: { finding in
            switch finding {
            case .definition(.success(let definition)): use(definition)
            case .definition(.failure(let refusal)):
                let problems = refusal.errors.map { ($0.key.isEmpty ? "" : "\($0.key): ") + $0.problem }
                call.reply(
                    .problem(
                        422, problems.joined(separator: "; "),
                        remedy: refusal.errors.map(\.remedy).joined(separator: "; ")))
            case .statistics, .desired: break
            }
        }
    }

    private static func response(_ entry: OrderOutcome.Entry, done: Int) -> ControlResponse {
        var response = response(OrderOutcome(entries: [entry]))
        if response.status == 200 { response.status = done }
        return response
    }
}

internal import PluginInterface
internal import ProcessControl
internal import Supervision

// What plugins ask for: carried out as an operator's orders are, and told in the log with the plugin's reason.

extension PluginHost {
    typealias Answer = (PluginNotice.Refused?) -> Void

    /// Obeys from the loop: the plugin may be hearing of an event whose consequences are still being carried out.
    func obeyLater(_ command: PluginCommand, of plugin: String, _ answer: @escaping Answer) {
        arbiter?.loop.after(.zero) { [weak self] in self?.obey(command, of: plugin, answer) }
    }

    func obey(_ command: PluginCommand, of plugin: String, _ answer: @escaping Answer) {
        guard let arbiter, !isEnding else { return answer(.init("dockmaster is stopping", remedy: "wait")) }
        guard commands(of: plugin).contains(command.name) else {
            log?.warning(
                "plugin \(plugin) asks for \(command.name), which is not in its may: list; refused",
                [("event", "plugin_refused"), ("plugin", plugin)])
            return answer(.init("\(command.name) is not in its may: list", remedy: "add it there"))
        }
        if arbiter.isStopping, command.name != "emit" {
            return answer(.init("dockmaster is stopping", remedy: "nothing is to be done"))
        }
        tell(command, of: plugin)
        switch command.order {
        case .restart(let name): carryOut(.restart(sequential: false), on: name, answer)
        case .stop(let name): carryOut(.stop, on: name, answer)
        case .start(let name): carryOut(.start, on: name, answer)
        case .reload(let name?): carryOut(.reload(nil), on: name, answer)
        case .reload(nil):
            arbiter.requestReload { outcome in
                let problem = outcome.problems.first
                answer(problem.map { .init($0, remedy: "see the log of dockmaster") })
            }
        case .signal(let signal, let name):
            guard let number = SignalName.number(signal) else {
                return answer(.init("\(signal) is no signal", remedy: "name one, such as USR1"))
            }
            carryOut(.signal(number, .init()), on: name, answer)
        case .emit(let fields, let watcher):
            var fields = fields
            fields["plugin"] = plugin
            fields["reason"] = command.reason
            arbiter.events.publish(
                SupervisorEvent(.emitted, watcher: watcher, time: Arbiter.wallClock, fields: fields))
            answer(nil)
        case .run(let words): run(words, for: plugin, answer)
        }
    }

    private func carryOut(_ order: WatcherOrder, on name: String, _ answer: @escaping Answer) {
        arbiter?.carryOut(order, on: [name], waits: false) { outcome in
            let entry = outcome.entries.first { $0.problem != nil }
            answer(entry.map { .init($0.problem ?? "", remedy: $0.remedy ?? "") })
        }
    }

    private func tell(_ command: PluginCommand, of plugin: String) {
        var fields = [("event", "plugin_command"), ("plugin", plugin), ("command", command.name)]
        if let watcher = command.watcher { fields.append(("for", watcher)) }
        let subject =
            switch command.order {
            case .run(let words): "run \(words.first ?? "")"
            case .emit: "tell everybody"
            case .signal(let signal, let watcher): "signal \(watcher) with \(signal)"
            case .reload(nil): "reload the configuration"
            default: "\(command.name) \(command.watcher ?? "")"
            }
        log?.info("plugin \(plugin) asks to \(subject): \(command.reason)", fields)
    }

    private func run(_ words: [String], for plugin: String, _ answer: @escaping Answer) {
        guard let arbiter, let definition = definitions.first(where: { $0.name == plugin }) else { return }
        do {
            let run = try PluginRun(words, of: definition, under: arbiter) { [weak self] run, refused in
                self?.runs.removeAll { $0 === run }
                answer(refused)
            }
            runs.append(run)
        } catch {
            answer(.init("cannot run \(words.first ?? ""): \(error)", remedy: "see whether it is there"))
        }
    }
}

internal import ArgumentParser
internal import BundleLog

/// One order to the watchers selected, and what became of it.
struct OrderCall {
    let control: ControlArguments
    /// nil: the order is not one to wait for.
    var waiting: WaitArguments?

    private var patience: Duration? { waiting.map(\.patience) ?? .seconds(30) }

    /// - Parameter order: "start", the last part of the route's path.
    func run(_ order: String, on pattern: String, _ body: [(String, JSONValue)] = []) throws(CallFailure) {
        let caller = try ControlCaller(control, patience: patience)
        let text = body.isEmpty ? nil : JSONValue.object(body).text
        let answer = try caller.ask("POST", ControlCaller.watcherPath(pattern, order), waiting?.query ?? [], body: text)
        try show(answer)
    }

    func run(
        _ order: String, on selection: WatcherSelection, _ body: [(String, JSONValue)] = []
    ) throws(CallFailure) {
        let caller = try ControlCaller(control, patience: patience)
        try run(order, on: try selection.isEmpty ? "*" : selection.pattern(caller), body)
    }

    /// Prints a line for each watcher; what could not be done goes to standard error.
    func show(_ answer: ControlClient.Answer) throws(CallFailure) {
        let entries = answer.json["watchers"].values
        guard !entries.isEmpty else {
            try ControlCaller.check(answer)
            return
        }
        if control.json {
            Output.print(answer.json)
        } else {
            let width = entries.map { TextWidth.of($0["watcher"].string ?? "") }.max() ?? 0
            for entry in entries where entry["problem"].isNull {
                Output.print(
                    "\(TextWidth.fit(entry["watcher"].string ?? "", width))  \(entry["result"].string ?? "")\n")
            }
        }
        var failure = CallFailure(.failed)
        for entry in entries {
            guard let problem = entry["problem"].string else { continue }
            failure.problems.append(problem + (entry["remedy"].string.map { "; \($0)" } ?? ""))
        }
        if answer.status >= 300 { throw failure }
    }
}

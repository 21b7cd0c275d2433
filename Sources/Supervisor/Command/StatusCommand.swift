internal import ArgumentParser

/// `dockmaster status`: exit code 0 when everything is as wanted, 1 when something is not, 3 when no supervisor answers.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how every watcher stands; exit code 1 when not all is as wanted.")

    @OptionGroup var selection: WatcherSelection
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control)
            let status = try caller.get("/v1/status")
            var watchers = status["watchers"].values
            if !selection.isEmpty {
                let pattern = try selection.pattern(caller)
                let names = try caller.get("/v1/list", [("watcher", pattern)])["watchers"].values.compactMap(\.string)
                watchers = watchers.filter { names.contains($0["name"].string ?? "") }
            }
            if control.json {
                Output.print(status.replacing("watchers", with: .array(watchers)))
            } else {
                let plugins = selection.isEmpty ? status["plugins"].values : []
                Output.print(Self.text(status, watchers, plugins, colours: Output.hasColours))
            }
            let isWell =
                selection.isEmpty
                ? status["ready"].bool ?? false : watchers.allSatisfy { $0["as_wanted"].bool ?? false }
            if !isWell { throw CallFailure(.failed) }
        }
    }

    static func text(
        _ status: JSONValue, _ watchers: [JSONValue], _ plugins: [JSONValue] = [], colours: Bool
    ) -> String {
        var table = TextTable(["WATCHER", "STATE", "PID", "UPTIME", "RESTARTS", "STATUS"])
        for watcher in watchers {
            let name = watcher["name"].string ?? ""
            for instance in watcher["instances"].values {
                let state = instance["state"].string ?? ""
                let number = instance["instance"].integer ?? 0
                let said = instance["status"].string ?? ""
                let end = instance["last_end"].string.map { "last: \($0)" } ?? ""
                table.rows.append([
                    .init(number > 0 ? "\(name)[\(number)]" : name), .init(state, .state(state)),
                    .figure(Figures.count(instance["pid"].integer)),
                    .figure(Figures.span(instance["uptime_s"].integer)),
                    .figure(Figures.count(instance["restarts"].integer)),
                    .init([said, end].filter { !$0.isEmpty }.joined(separator: "; ")),
                ])
            }
            if watcher["instances"].values.isEmpty {
                let state = watcher["state"].string ?? ""
                table.rows.append([.init(name), .init(state, .state(state))])
            }
        }
        let isReady = status["ready"].bool ?? false
        let summary = (isReady ? TextStyle.good : .bad).apply(status["summary"].string ?? "", colours)
        let sockets = status["sockets"].values.map { "\($0["name"].string ?? "") \($0["address"].string ?? "")" }
        let about =
            "dockmaster \(status["version"].string ?? ""), pid \(status["pid"].integer ?? 0), "
            + "\(status["state"].string ?? "") for \(Figures.span(status["uptime_s"].integer))"
        let listening = sockets.isEmpty ? "" : "listening: \(sockets.joined(separator: ", "))\n"
        return summary + "\n" + table.text(colours: colours) + text(plugins, colours)
            + TextStyle.faint.apply(about, colours) + "\n" + listening
    }

    private static func text(_ plugins: [JSONValue], _ colours: Bool) -> String {
        guard !plugins.isEmpty else { return "" }
        var table = TextTable(["PLUGIN", "STATE", "PID", "UPTIME", "RESTARTS", "STATUS"])
        for plugin in plugins {
            let state = plugin["state"].string ?? ""
            table.rows.append([
                .init(plugin["name"].string ?? ""), .init(state, .state(state)),
                .figure(Figures.count(plugin["pid"].integer)), .figure(Figures.span(plugin["uptime_s"].integer)),
                .figure(Figures.count(plugin["restarts"].integer)), .init(plugin["status"].string ?? ""),
            ])
        }
        return table.text(colours: colours)
    }
}

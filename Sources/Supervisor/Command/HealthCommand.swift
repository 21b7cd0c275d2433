internal import ArgumentParser

/// `dockmaster health`: for health checks of containers and orchestrators.
struct HealthCommand: ParsableCommand {
    enum Level: String, ExpressibleByArgument, CaseIterable {
        /// Nothing has failed for good.
        case alive
        /// Everything is as wanted.
        case ready
    }

    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Say with the exit code whether all is well: 0, or 1.")

    @OptionGroup var selection: WatcherSelection
    @Option(help: "alive: nothing has failed for good; ready: everything is as wanted.")
    var level = Level.ready
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control)
            var query = [("level", level.rawValue)]
            if !selection.isEmpty { query.append(("watcher", try selection.pattern(caller))) }
            let answer = try caller.ask("GET", "/v1/health", query)
            guard let isHealthy = answer.json["healthy"].bool else { return try ControlCaller.check(answer) }
            Output.print(control.json ? answer.json.text + "\n" : (answer.json["summary"].string ?? "") + "\n")
            if !isHealthy { throw CallFailure(.failed) }
        }
    }
}

internal import ArgumentParser
internal import BundleConfig
internal import Supervision

extension WatcherDefinition.ReloadManner: ExpressibleByArgument {}

/// `dockmaster reload`: the configuration, waiting for the outcome (exit code 1 when it was refused); or some watchers.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Take up a changed configuration without losing a request; or renew the watchers named.")

    @OptionGroup var selection: WatcherSelection
    @Option(help: "How the watchers named are renewed; without it, as their configuration says.")
    var manner: WatcherDefinition.ReloadManner?
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func validate() throws {
        if manner != nil && selection.isEmpty {
            throw ValidationError("--manner is for watchers that are named; the configuration's changes have theirs")
        }
    }

    func run() throws {
        try calling { () throws(CallFailure) in
            guard selection.isEmpty else {
                return try OrderCall(control: control, waiting: waiting).run(
                    "reload", on: selection, manner.map { [("manner", .string($0.rawValue))] } ?? [])
            }
            let caller = try ControlCaller(control, patience: waiting.timeout.map { $0.duration + .seconds(5) })
            let query = waiting.timeout.map { [("wait", "true"), ("timeout", DurationText.text($0.duration))] } ?? []
            let answer = try caller.ask("POST", "/v1/reload", query)
            guard answer.json["applied"].bool != nil else { return try ControlCaller.check(answer) }
            Output.print(control.json ? answer.json.text + "\n" : Self.text(answer.json))
            if answer.status != 200 { throw CallFailure(.failed) }
        }
    }

    static func text(_ outcome: JSONValue) -> String {
        if outcome["applied"].bool != true {
            let problems = outcome["problems"].values.compactMap(\.string)
            return problems.map { "refused: \($0)\n" }.joined() + "nothing has changed\n"
        }
        let warnings = outcome["warnings"].values.compactMap(\.string)
        return warnings.map { "warning: \($0)\n" }.joined() + "reloaded: \(outcome["summary"].string ?? "")\n"
    }
}

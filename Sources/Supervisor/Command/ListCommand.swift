internal import ArgumentParser

/// `dockmaster list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Name the watchers, in the order in which they start.")

    @OptionGroup var selection: WatcherSelection
    @Flag(
        help: ArgumentHelp(
            "Names only; nothing when no supervisor answers: for shell completions.", visibility: .hidden))
    var names = false
    @OptionGroup var control: ControlArguments

    func run() throws {
        if names {
            guard let caller = try? ControlCaller(control, patience: .seconds(1)),
                let list = try? caller.get("/v1/list")
            else { return }
            return Output.print(list["watchers"].values.compactMap(\.string).map { $0 + "\n" }.joined())
        }
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control)
            let query = try selection.isEmpty ? [] : [("watcher", selection.pattern(caller))]
            let list = try caller.get("/v1/list", query)
            if control.json { return Output.print(list) }
            Output.print(list["watchers"].values.compactMap(\.string).map { $0 + "\n" }.joined())
        }
    }
}

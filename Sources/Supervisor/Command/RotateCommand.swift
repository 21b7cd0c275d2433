internal import ArgumentParser

/// `dockmaster rotate`.
struct RotateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Begin new log files now; nothing is lost or split.")

    @OptionGroup var selection: WatcherSelection
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control)
            let query = try selection.isEmpty ? [] : [("watcher", selection.pattern(caller))]
            let answer = try caller.ask("POST", "/v1/logs/rotate", query)
            try ControlCaller.check(answer)
            if control.json { Output.print(answer.json) }
        }
    }
}

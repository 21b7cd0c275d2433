internal import ArgumentParser

/// `dockmaster stop`: some watchers, or the supervisor with everything.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop watchers; dockmaster itself, in order, when none is named.")

    @OptionGroup var selection: WatcherSelection
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            guard selection.isEmpty else {
                return try OrderCall(control: control, waiting: waiting).run("stop", on: selection)
            }
            let client = try ControlClient(at: try control.socket(), timeout: waiting.patience)
            let answer = try client.ask("POST", "/v1/stop")
            try ControlCaller.check(answer)
            if control.json { Output.print(answer.json) }
            if waiting.wait { try client.waitForEnd() }
        }
    }
}

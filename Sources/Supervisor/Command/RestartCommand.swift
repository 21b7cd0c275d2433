internal import ArgumentParser

/// `dockmaster restart`.
struct RestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Stop and start watchers; all when none is named.")

    @OptionGroup var selection: WatcherSelection
    @Flag(help: "One process after the other, each once the one before it is ready.")
    var sequential = false
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            try OrderCall(control: control, waiting: waiting)
                .run("restart", on: selection, sequential ? [("sequential", .bool(true))] : [])
        }
    }
}

internal import ArgumentParser

/// `dockmaster rm`.
struct RmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Stop a watcher and forget it, until a reload finds it configured.")

    @Argument(help: "The watcher.", completion: Completion.watchers)
    var watcher: String
    @Flag(help: "Leave its processes running; nobody supervises them from then on.")
    var keepProcesses = false
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control, patience: waiting.patience)
            let query = waiting.query + (keepProcesses ? [("keep", "true")] : [])
            try OrderCall(control: control, waiting: waiting)
                .show(try caller.ask("DELETE", ControlCaller.watcherPath(watcher), query))
        }
    }
}

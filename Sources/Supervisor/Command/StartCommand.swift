internal import ArgumentParser

/// `dockmaster start`: also one that has failed, which gets its chance anew.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start watchers, and those they require; all when none is named.")

    @OptionGroup var selection: WatcherSelection
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            try OrderCall(control: control, waiting: waiting).run("start", on: selection)
        }
    }
}

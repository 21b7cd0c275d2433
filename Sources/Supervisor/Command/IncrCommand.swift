internal import ArgumentParser

/// `dockmaster incr`.
struct IncrCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incr", abstract: "Have a watcher run more processes, until the next reload.")

    @Argument(help: "A watcher's name, or a pattern.", completion: Completion.watchers)
    var watcher: String
    @Argument(help: "How many more.")
    var count = 1
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("the number must be from 1 to 10000") }
    }

    func run() throws {
        try calling { () throws(CallFailure) in
            try OrderCall(control: control, waiting: waiting).run("scale", on: watcher, [("by", .integer(count))])
        }
    }
}

internal import ArgumentParser

/// `dockmaster scale`.
struct ScaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Have a watcher run so many processes, until the next reload.")

    @Argument(help: "A watcher's name, or a pattern.", completion: Completion.watchers)
    var watcher: String
    @Argument(help: "How many processes.")
    var count: Int
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func validate() throws {
        guard (0...10_000).contains(count) else { throw ValidationError("the number must be from 0 to 10000") }
    }

    func run() throws {
        try calling { () throws(CallFailure) in
            try OrderCall(control: control, waiting: waiting).run("scale", on: watcher, [("to", .integer(count))])
        }
    }
}

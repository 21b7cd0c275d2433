internal import ArgumentParser

/// `dockmaster get`.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show some options of a watcher; one alone is printed without its name.")

    @Argument(help: "The watcher.", completion: Completion.watchers)
    var watcher: String
    @Argument(help: "The options' names, as in the configuration.")
    var keys: [String] = []
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let query = keys.isEmpty ? [] : [("keys", keys.joined(separator: ","))]
            let options = try ControlCaller(control).get(ControlCaller.watcherPath(watcher), query)
            if control.json { return Output.print(options) }
            if keys.count == 1, let (_, value) = options.members.first {
                return Output.print((value.string ?? value.text) + "\n")
            }
            Output.print(OptionsCommand.text(options))
        }
    }
}

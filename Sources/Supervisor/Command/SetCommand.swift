internal import ArgumentParser

/// `dockmaster set`.
struct SetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change options of a running watcher, until the next reload.",
        discussion:
            "Keys and values are those of the configuration: dockmaster set web numprocesses=3 'env={\"A\": \"b\"}'.")

    @Argument(help: "The watcher.", completion: Completion.watchers)
    var watcher: String
    @Argument(help: "What is to change, as key=value.")
    var changes: [OptionText]
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control, patience: waiting.patience)
            let body = JSONValue.object(changes.map { ($0.key, $0.value) })
            let path = ControlCaller.watcherPath(watcher)
            try OrderCall(control: control, waiting: waiting)
                .show(try caller.ask("PATCH", path, waiting.query, body: body.text))
        }
    }
}

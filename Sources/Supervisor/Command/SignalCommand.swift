internal import ArgumentParser
internal import ProcessControl

/// `dockmaster signal`.
struct SignalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal", abstract: "Send a signal to a watcher's processes.")

    @Argument(help: "A watcher's name, or a pattern.", completion: Completion.watchers)
    var watcher: String
    @Argument(help: "The signal: HUP, SIGHUP or 1.", completion: Completion.signals)
    var signal: String
    @Option(help: "One process instead of all.")
    var pid: Int?
    @Flag(help: "Their children instead of themselves.")
    var children = false
    @Flag(help: "All their descendants instead of themselves.")
    var recursive = false
    @OptionGroup var control: ControlArguments

    func validate() throws {
        guard SignalName.number(signal) != nil else { throw ValidationError("there is no signal \(signal)") }
    }

    func run() throws {
        var body: [(String, JSONValue)] = [("signal", .string(signal))]
        if let pid { body.append(("pid", .integer(pid))) }
        if children || recursive { body.append(("children", .bool(true))) }
        if recursive { body.append(("recursive", .bool(true))) }
        try calling { () throws(CallFailure) in
            try OrderCall(control: control).run("signal", on: watcher, body)
        }
    }
}

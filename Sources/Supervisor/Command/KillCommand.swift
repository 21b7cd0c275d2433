internal import ArgumentParser
internal import BundleConfig
internal import ProcessControl

/// `dockmaster kill`: the stop signal, SIGKILL after the grace time; the restart policy decides what follows.
struct KillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "End processes of watchers; what respawns starts again.")

    @OptionGroup var selection: WatcherSelection
    @Option(help: "The signal instead of the watcher's stop signal.", completion: Completion.signals)
    var signal: String?
    @Option(help: "The time until SIGKILL instead of the watcher's graceful_timeout.")
    var grace: WaitArguments.Seconds?
    @Option(help: "One process instead of all.")
    var pid: Int?
    @OptionGroup var waiting: WaitArguments
    @OptionGroup var control: ControlArguments

    func validate() throws {
        if selection.isEmpty { throw ValidationError("say which watchers, or '*' for all") }
        if let signal, SignalName.number(signal) == nil { throw ValidationError("there is no signal \(signal)") }
    }

    func run() throws {
        var body: [(String, JSONValue)] = []
        if let signal { body.append(("signal", .string(signal))) }
        if let grace { body.append(("grace", .string(DurationText.text(grace.duration)))) }
        if let pid { body.append(("pid", .integer(pid))) }
        try calling { () throws(CallFailure) in
            try OrderCall(control: control, waiting: waiting).run("kill", on: selection, body)
        }
    }
}

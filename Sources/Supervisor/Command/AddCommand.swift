internal import ArgumentParser
internal import ProcessControl

/// `dockmaster add`.
struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a watcher that no configuration names, until the next reload.",
        discussion: "dockmaster add --start -o numprocesses=2 sleeper sleep 1000")

    @Flag(help: "Start it as well.")
    var start = false
    @Option(name: [.short, .customLong("option")], help: "An option as in the configuration, as key=value.")
    var options: [OptionText] = []
    @Option(help: "A file with the watcher's options, in YAML or JSON; - is standard input.", completion: .file())
    var file: String?
    @OptionGroup var control: ControlArguments
    @Argument(help: "Its name.")
    var name: String
    @Argument(parsing: .captureForPassthrough, help: "What it runs: the program and its arguments.")
    var command: [String] = []

    func validate() throws {
        guard file == nil || command.isEmpty && options.isEmpty else {
            throw ValidationError("give the options in the file, or here")
        }
        guard file != nil || !command.isEmpty || options.contains(where: { $0.key == "cmd" }) else {
            throw ValidationError("say what \(name) runs")
        }
    }

    func run() throws {
        try calling { () throws(CallFailure) in
            let query = [("name", name)] + (start ? [("start", "true")] : [])
            let answer = try ControlCaller(control).ask("POST", "/v1/watchers", query, body: try text())
            try OrderCall(control: control).show(answer)
        }
    }

    private func text() throws(CallFailure) -> String {
        if let file {
            guard let text = TextFile.read(file == "-" ? "/dev/stdin" : file) else {
                throw CallFailure(.failed, "cannot read \(file)")
            }
            return text
        }
        let words = command.first == "--" ? Array(command.dropFirst()) : command
        let program: [(String, JSONValue)] = words.isEmpty ? [] : [("cmd", .array(words.map { .string($0) }))]
        return JSONValue.object(program + options.map { ($0.key, $0.value) }).text
    }
}

internal import ArgumentParser

/// `dockmaster options`.
struct OptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "options", abstract: "Show all options of a watcher as they are in force, secrets masked.")

    @Argument(help: "The watcher.", completion: Completion.watchers)
    var watcher: String
    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let options = try ControlCaller(control).get("/v1/options/\(PercentCoding.encoded(watcher))")
            Output.print(control.json ? options.text + "\n" : Self.text(options))
        }
    }

    /// "numprocesses  2": a line for each, values that are not plain as JSON.
    static func text(_ options: JSONValue) -> String {
        var table = TextTable(["OPTION", "VALUE"])
        for (key, value) in options.members {
            table.rows.append([.init(key), .init(value.isNull ? "-" : value.string ?? value.text)])
        }
        return table.text(colours: Output.hasColours)
    }
}

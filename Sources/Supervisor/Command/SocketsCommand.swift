internal import ArgumentParser

/// `dockmaster sockets`.
struct SocketsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sockets", abstract: "Show the sockets that are held for the watchers.")

    @OptionGroup var control: ControlArguments

    func run() throws {
        try calling { () throws(CallFailure) in
            let answer = try ControlCaller(control).get("/v1/sockets")
            if control.json { return Output.print(answer) }
            var table = TextTable(["SOCKET", "ADDRESS"])
            for socket in answer["sockets"].values {
                table.rows.append([.init(socket["name"].string ?? ""), .init(socket["address"].string ?? "")])
            }
            Output.print(table)
        }
    }
}

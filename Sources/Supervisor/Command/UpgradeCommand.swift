internal import ArgumentParser
internal import Glibc
internal import ProcessControl

/// `dockmaster upgrade`: has another program take over in the running supervisor's process.
struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Go on with a new program: no process is restarted, no log line lost, no connection refused.",
        discussion: "The new program is asked first whether it can take over; if not, nothing changes.")

    @Argument(
        help: "The new program; by default whatever stands at the path of the one that runs.", completion: .file())
    var program: String?
    @OptionGroup var control: ControlArguments

    /// How long the new program may take to answer.
    private static let patience: Duration = .seconds(60)

    func run() throws {
        try calling { () throws(CallFailure) in
            let caller = try ControlCaller(control, patience: Self.patience)
            let before = try caller.get("/v1/upgrade")
            var members: [(String, JSONValue)] = []
            if let program {
                guard let path = realpath(program, nil) else {
                    throw CallFailure(.failed, SystemError.last("find \(program)").description)
                }
                members.append(("program", .string(String(cString: path))))
                free(path)
            }
            let answer = try caller.ask("POST", "/v1/upgrade", body: JSONValue.object(members).text)
            try ControlCaller.check(answer)
            let state = try waitForSuccessor(of: before["upgrades"].integer ?? 0, caller)
            Output.print(
                control.json ? state.text + "\n" : "dockmaster \(state["version"].string ?? "") has taken over\n")
        }
    }

    /// Asks until the new program answers. While it takes over nobody listens at the control socket for a moment.
    private func waitForSuccessor(of count: Int, _ caller: ControlCaller) throws(CallFailure) -> JSONValue {
        let deadline = MonotonicTime.now.advanced(by: Self.patience)
        var last = CallFailure(.failed, "the new program has not answered within 60 s; see the log")
        while MonotonicTime.now < deadline {
            do throws(CallFailure) {
                let state = try caller.get("/v1/upgrade")
                if let now = state["upgrades"].integer, now > count { return state }
                if state["underWay"].bool == false, let problem = state["problem"].string {
                    throw CallFailure(.failed, problem)
                }
            } catch {
                // Nobody listens for a moment: that is no failure yet.
                if error.kind != .server { throw error }
                last = error
            }
            usleep(20_000)
        }
        throw last
    }
}

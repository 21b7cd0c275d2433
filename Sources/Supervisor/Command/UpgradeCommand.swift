internal import ArgumentParser
internal import BundleConfig
internal import Glibc
internal import ProcessControl

/// `dockmaster upgrade`: has another program take over in the running supervisor's process.
struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Go on with a new program: no process is restarted, no log line lost, no connection refused.",
        discussion: "The new program is asked first whether it can take over; if not, nothing changes.")

    @OptionGroup var bundle: BundleArguments
    @Argument(help: "The new program; by default whatever stands at the path of the one that runs.")
    var program: String?

    /// How long the new program may take to answer.
    private static let patience: Duration = .seconds(60)

    func run() throws {
        do throws(Refusal) {
            let socket = try BundleLoading.controlSocket(try bundle.options())
            let before = try upgrades(socket)
            var members: [(String, JSONValue)] = []
            if let program {
                guard let path = realpath(program, nil) else {
                    throw Refusal(problems: [SystemError.last("find \(program)").description])
                }
                members.append(("program", .string(String(cString: path))))
                free(path)
            }
            let answer = try ControlClient.ask(
                "POST", "/v1/upgrade", at: socket, accept: "application/json", body: JSONValue.object(members).text)
            guard answer.status == 202 else { throw Refusal(problems: [problem(answer.body)]) }
            print(try waitForSuccessor(of: before["upgrades"].integer ?? 0, at: socket))
        } catch {
            throw CommandFailure.end(error, code: 1)
        }
    }

    private func upgrades(_ socket: String) throws(Refusal) -> JSONValue {
        let answer = try ControlClient.ask("GET", "/v1/upgrade", at: socket, accept: "application/json")
        guard answer.status == 200, let value = JSONValue(answer.body.utf8) else {
            throw Refusal(problems: [problem(answer.body)])
        }
        return value
    }

    private func problem(_ body: String) -> String { JSONValue(body.utf8)?["problem"].string ?? body }

    /// Asks until the new program answers. While it takes over nobody listens at the control socket for a moment.
    private func waitForSuccessor(of count: Int, at socket: String) throws(Refusal) -> String {
        let deadline = MonotonicTime.now.advanced(by: Self.patience)
        var last = Refusal(problems: ["the new program has not answered within 60 s; see the log"])
        while MonotonicTime.now < deadline {
            do throws(Refusal) {
                let state = try upgrades(socket)
                if let now = state["upgrades"].integer, now > count {
                    return "dockmaster \(state["version"].string ?? "") has taken over"
                }
                if state["underWay"].bool == false, let problem = state["problem"].string {
                    throw Refusal(problems: [problem])
                }
            } catch {
                if error.problems.first?.hasPrefix("no dockmaster runs") != true,
                    error.problems.first?.hasPrefix("dockmaster ended before") != true
                {
                    throw error
                }
                last = error
            }
            usleep(20_000)
        }
        throw last
    }
}

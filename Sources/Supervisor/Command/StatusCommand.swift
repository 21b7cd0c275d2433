internal import ArgumentParser

/// `dockmaster status`: exit code 0 when everything is ready, 1 when something is not, 2 when no supervisor answers.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every watcher of the running bundle.")

    @OptionGroup var bundle: BundleArguments
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        do throws(Refusal) {
            let socket = try BundleLoading.controlSocket(try bundle.options())
            let accept = json ? "application/json" : "text/plain"
            print(try ControlClient.ask("GET", "/v1/status", at: socket, accept: accept).body, terminator: "")
            let answer = json ? nil : try ControlClient.ask("GET", "/v1/status", at: socket, accept: "application/json")
            if let answer, !answer.body.contains("\"ready\":true,\"uptime_s\"") { throw Refusal(problems: []) }
        } catch {
            throw CommandFailure.end(error, code: error.problems.isEmpty ? 1 : 2)
        }
    }
}

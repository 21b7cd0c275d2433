internal import ArgumentParser

/// `dockmaster reload`: waits for the outcome; exit code 1 when it was refused.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Take up a changed configuration without losing a request.")

    @OptionGroup var bundle: BundleArguments
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        do throws(Refusal) {
            let socket = try BundleLoading.controlSocket(try bundle.options())
            let accept = json ? "application/json" : "text/plain"
            let answer = try ControlClient.ask("POST", "/v1/reload", at: socket, accept: accept)
            print(answer.body, terminator: "")
            if answer.status != 200 { throw Refusal(problems: []) }
        } catch {
            throw CommandFailure.end(error, code: error.problems.isEmpty ? 1 : 2)
        }
    }
}

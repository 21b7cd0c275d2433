internal import ArgumentParser

/// `dockmaster stop`: asks the running bundle to stop in order.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the running bundle in order.")

    @OptionGroup var bundle: BundleArguments

    func run() throws {
        do throws(Refusal) {
            let socket = try BundleLoading.controlSocket(try bundle.options())
            _ = try ControlClient.ask("POST", "/v1/stop", at: socket, accept: "application/json")
        } catch {
            throw CommandFailure.end(error, code: 2)
        }
    }
}

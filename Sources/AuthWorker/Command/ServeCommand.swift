internal import ArgumentParser
internal import WorkerRuntime

/// `dockmaster-auth --config FILE [--check]`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves until SIGTERM; SIGHUP reads the file again.", shouldDisplay: false)

    @Option(name: .long, help: "docker_auth's configuration file.")
    var config: String

    @Flag(name: .long, help: "Only checks the file: exit status 0, or 1 and what is wrong.")
    var check = false

    @Flag(name: .long, help: "Takes unknown keys as docker_auth does, with a warning.")
    var compat = false

    func run() {
        guard check else {
            WorkerMain.serve(component: "auth", confinement: Confinement(keeping: .commands, places: .all)) {
                [config, compat] in
                TokenWorker(path: config, isCompatible: compat)
            }
        }
        WorkerMain.check { try AuthSettings.load(config, isCompatible: compat).warnings }
    }
}

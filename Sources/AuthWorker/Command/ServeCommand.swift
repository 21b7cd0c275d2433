internal import ArgumentParser
internal import BundleConfig
internal import BundleLog
internal import Glibc
internal import WorkerRuntime

/// `dockmaster-auth --config FILE [--check]`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves until SIGTERM; SIGHUP reads the file again.", shouldDisplay: false)

    @Option(name: .long, help: "docker_auth's configuration file.")
    var config: String

    @Flag(name: .long, help: "Only checks the file: exit status 0, or 1 and what is wrong.")
    var check = false

    @Flag(name: .long, help: "Takes unknown keys as docker_auth does, with a warning.")
    var compat = false

    func run() async throws {
        guard check else {
            let worker = TokenWorker(path: config, isCompatible: compat)
            Glibc.exit(await WorkerMain.run(worker, component: "auth"))
        }
        do {
            let settings = try AuthSettings.load(config, isCompatible: compat)
            for warning in settings.warnings { StandardError.write(Array("warning: \(warning)\n".utf8)) }
            print("\(config): ok")
        } catch {
            for problem in error.errors { StandardError.write(Array("\(problem)\n".utf8)) }
            throw ExitCode.failure
        }
    }
}

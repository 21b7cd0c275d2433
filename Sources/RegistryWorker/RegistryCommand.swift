import ArgumentParser
import WorkerRuntime

/// `dockmaster-registry`: serves a registry as its configuration says, or checks that configuration.
@main
struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster-registry",
        abstract: "Serves images from a folder in distribution's layout, with distribution's config.yml.")

    @Option(
        name: .long,
        help: "The configuration file (distribution's config.yml, version 0.1); else REGISTRY_CONFIGURATION_PATH.")
    var config: String?

    @Flag(name: .long, help: "Validate the configuration and exit: 0, or 1 with every problem on standard error.")
    var check = false

    func run() throws {
        guard let file = config ?? EnvironmentOverlay.environment()[EnvironmentOverlay.pathVariable] else {
            throw ValidationError("name the configuration: --config FILE, or REGISTRY_CONFIGURATION_PATH")
        }
        guard check else {
            WorkerMain.serve(component: "registry", confinement: .registry(file: file)) { RegistryWorker(file: file) }
        }
        WorkerMain.check {
            let configuration = try RegistryConfiguration(file: file)
            // The key material that it names.
            _ = try AccessGate(configuration.access)
            return configuration.warnings.map { "\($0)" }
        }
    }
}

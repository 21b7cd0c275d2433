import ArgumentParser
import BundleConfig
import Glibc
import WorkerRuntime

/// Where the process begins: signals are blocked on the main thread before any other thread can exist, and be hit by one.
@main
enum RegistryMain {
    static func main() async {
        ServiceSignals.block()
        await RegistryCommand.main()
    }
}

/// `dockmaster-registry`: serves a registry as its configuration says, or checks that configuration.
struct RegistryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster-registry",
        abstract: "Serves images from a folder in distribution's layout, with distribution's config.yml.")

    @Option(name: .long, help: "The configuration file (distribution's config.yml, version 0.1).")
    var config: String

    @Flag(name: .long, help: "Validate the configuration and exit: 0, or 1 with every problem on standard error.")
    var check = false

    func run() async throws {
        if check {
            Glibc.exit(Self.check(config))
        }
        Glibc.exit(await WorkerMain.run(RegistryWorker(file: config), component: "registry"))
    }

    /// Reads the configuration and the key material that it names.
    private static func check(_ file: String) -> CInt {
        do {
            let configuration = try RegistryConfiguration(file: file)
            _ = try AccessGate(configuration.access)
            for warning in configuration.warnings { say("warning: \(warning)") }
            return EXIT_SUCCESS
        } catch let errors as ConfigurationErrors {
            for error in errors.errors { say("\(error)") }
        } catch {
            say("\(error)")
        }
        return EXIT_FAILURE
    }

    private static func say(_ line: String) {
        let text = line + "\n"
        _ = text.withCString { write(STDERR_FILENO, $0, text.utf8.count) }
    }
}

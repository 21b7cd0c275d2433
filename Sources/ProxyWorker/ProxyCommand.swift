import ArgumentParser
import BundleConfig
import Glibc
import WorkerRuntime

/// The proxy worker's command line.
@main
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster-proxy",
        abstract: "The proxy of Dockmaster: TLS, routes, and nothing else faces the network.")

    @Option(help: "proxy.yml, as the supervisor renders it.")
    var config: String

    @Flag(help: "Checks the configuration and ends.")
    var check = false

    /// Signals are blocked here, on the main thread and before there is any other: a thread that does not block them would
    /// die of them.
    static func main() async {
        ServiceSignals.block()
        await main(nil)
    }

    func run() async throws {
        guard !check else {
            do {
                _ = try ProxyState(try ProxyConfigurationFile.read(config))
                return
            } catch {
                let problems = (error as? ConfigurationErrors)?.errors.map(\.description) ?? ["\(error)"]
                let text = problems.map { $0 + "\n" }.joined()
                _ = text.withCString { Glibc.write(STDERR_FILENO, $0, text.utf8.count) }
                Glibc.exit(EXIT_FAILURE)
            }
        }
        Glibc.exit(await WorkerMain.run(ProxyService(configuration: config), component: "proxy"))
    }
}

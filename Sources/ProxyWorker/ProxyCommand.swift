import ArgumentParser
import BundleConfig
import Glibc
import WorkerRuntime

/// The proxy worker's command line.
@main
struct ProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster-proxy",
        abstract: "The proxy of Dockmaster: TLS, routes, and nothing else faces the network.")

    @Option(help: "proxy.yml, as the supervisor renders it.")
    var config: String

    @Flag(help: "Checks the configuration and ends.")
    var check = false

    func run() throws {
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
        serve()
    }

    /// The bridge to tasks. The main thread only waits here, with the signals blocked: under an `async` main it would wait
    /// in libdispatch's sigsuspend(2), which opens it to every signal, and SIGHUP would end the process.
    private func serve() -> Never {
        ServiceSignals.block()
        Task { [config] in
            Glibc.exit(await WorkerMain.run(ProxyService(configuration: config), component: "proxy"))
        }
        while true { pause() }
    }
}

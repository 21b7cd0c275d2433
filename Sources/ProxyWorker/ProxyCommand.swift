import ArgumentParser
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

    func run() {
        guard check else { WorkerMain.serve(component: "proxy") { [config] in ProxyService(configuration: config) } }
        WorkerMain.check {
            _ = try ProxyState(try ProxyConfigurationFile.read(config))
            return []
        }
    }
}

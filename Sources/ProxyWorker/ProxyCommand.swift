import ArgumentParser
import BundleConfig
import NIOCore
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

    #if DEBUG
        @Option(
            help: ArgumentHelp(
                "For tests: confines itself, tells what opening these files gives, and ends.", visibility: .private))
        var probe: [String] = []
    #endif

    func run() {
        #if DEBUG
            if !probe.isEmpty { ConfinementProbe.run(.proxy(file: config), opening: probe) }
        #endif
        guard check else {
            // Before the confinement: what the machine has to offer is read from /sys and /proc.
            let threads = System.coreCount
            let admin = (try? ProxyConfigurationFile.read(config))?.adminSocket
                .flatMap { AdminSocket.bind(AdminSocket.path($0)) }
            WorkerMain.serve(component: "proxy", confinement: .proxy(file: config)) { [config] in
                ProxyService(configuration: config, threads: threads, admin: admin)
            }
        }
        WorkerMain.check {
            _ = try ProxyState(try ProxyConfigurationFile.read(config))
            return []
        }
    }
}

import ArgumentParser
import BundleConfig
import NIOCore
import WorkerRuntime

/// The ACME worker's command line.
@main
struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster-acme",
        abstract: "Gets and renews the certificate that the proxy serves, by ACME (RFC 8555).")

    @Option(help: "acme.yml, as the supervisor renders it.")
    var config: String

    @Flag(help: "Checks the configuration and ends.")
    var check = false

    #if DEBUG
        @Option(
            help: ArgumentHelp(
                "For tests: confines itself, tells what opening these files gives, and ends.", visibility: .private))
        var probe: [String] = []
    #endif

    func run() throws {
        #if DEBUG
            if !probe.isEmpty { ConfinementProbe.run(.acme(file: config), opening: probe) }
        #endif
        guard check else {
            WorkerMain.serve(component: "acme", confinement: .acme(file: config)) { [config] in
                // One request at a time, some in months.
                NIOSingletons.groupLoopCountSuggestion = 1
                NIOSingletons.blockingPoolThreadCountSuggestion = 1
                return CertificateService(file: config)
            }
        }
        WorkerMain.check {
            _ = try HTTPTransport(trusting: try ACMEConfigurationFile.read(config).trust)
            return []
        }
    }
}

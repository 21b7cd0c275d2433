internal import ArgumentParser
internal import BundleLog
internal import Glibc

/// `dockmaster`: the supervisor and its command line.
@main
struct Dockmaster: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster", abstract: "A private Docker registry that runs as one thing.",
        version: Version.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, RenderCommand.self, ImportCommand.self, UpgradeCommand.self,
            VersionCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusCommand.self, ListCommand.self, StatsCommand.self, TopCommand.self, EventsCommand.self,
                    HealthCommand.self, SocketsCommand.self, OptionsCommand.self, GetCommand.self, LogsCommand.self,
                    TraceCommand.self,
                ]),
            CommandGroup(
                name: "Act",
                subcommands: [
                    StartCommand.self, StopCommand.self, RestartCommand.self, ReloadCommand.self, SignalCommand.self,
                    KillCommand.self, ScaleCommand.self, IncrCommand.self, DecrCommand.self, SetCommand.self,
                    AddCommand.self, RmCommand.self, RotateCommand.self, ScrubCommand.self,
                ]),
            CommandGroup(
                name: "Registry",
                subcommands: [
                    GCCommand.self, UserCommand.self, KeyCommand.self, AccessListCommand.self,
                ]),
        ])

    /// Exit code 2 for wrong usage, as circusctl has it; all else as the command says.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            // A service's own 64 is no wrong usage of ours.
            Glibc.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            StandardError.write(Array((fullMessage(for: error) + "\n").utf8))
            Glibc.exit(CallFailure.Kind.usage.rawValue)
        }
    }
}

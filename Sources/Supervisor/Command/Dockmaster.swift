internal import ArgumentParser

/// `dockmaster`: the supervisor and its command line.
@main
struct Dockmaster: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster", abstract: "A private Docker registry that runs as one thing.",
        version: Version.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, RenderCommand.self, ImportCommand.self, StatusCommand.self,
            ReloadCommand.self, StopCommand.self, UpgradeCommand.self, LogsCommand.self, TraceCommand.self,
            VersionCommand.self,
        ])
}

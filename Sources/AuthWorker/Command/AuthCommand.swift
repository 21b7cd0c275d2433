internal import ArgumentParser

/// `dockmaster-auth`: Docker's token service, a drop-in for docker_auth.
@main
struct AuthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dockmaster-auth",
        abstract: "Gives registry tokens to the users of a docker_auth configuration file.",
        subcommands: [ServeCommand.self, AccessListCommand.self],
        defaultSubcommand: ServeCommand.self)
}

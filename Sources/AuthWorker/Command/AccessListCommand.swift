internal import ArgumentParser

/// `dockmaster-auth acl …`: the access list by itself. The supervisor's `dockmaster acl` runs it.
struct AccessListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl", abstract: "Asks an access list.", shouldDisplay: false,
        subcommands: [
            EvaluateCommand.self, ExplainCommand.self, TestCommand.self, LintCommand.self,
        ])
}

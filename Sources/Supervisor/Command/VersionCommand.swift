internal import ArgumentParser

/// `dockmaster version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() {
        print("dockmaster \(Version.text)")
    }
}

internal import ArgumentParser
internal import Glibc

/// `dockmaster version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    @Flag(help: .hidden)
    var upgradeProtocol = false

    func run() throws {
        guard upgradeProtocol else { return print("dockmaster \(Version.text)") }
        // A running supervisor asks whether this program can take its place: its state is on standard input.
        do throws(Refusal) {
            try UpgradeFile.read(STDIN_FILENO).verify()
        } catch {
            throw CommandFailure.end(error, code: 1)
        }
        print(UpgradeCandidate.answer(UpgradeState.protocolNumber))
    }
}

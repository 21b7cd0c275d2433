internal import ArgumentParser
internal import BundleConfig
internal import BundleLog

/// `dockmaster import circus.ini`: our YAML on standard output, a warning on standard error for each thing that has no
/// equivalent.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Print a circus .ini as a configuration of dockmaster.")

    @Argument(help: "The circus .ini; what it includes is read as well.")
    var file: String

    func run() throws {
        do throws(Refusal) {
            let converted = try BundleLoading.converted(file)
            for warning in converted.warnings {
                StandardError.write(Array("dockmaster: warning: \(warning)\n".utf8))
            }
            print(converted.yaml, terminator: "")
        } catch {
            throw CommandFailure.end(error, code: CommandFailure.configurationRefused)
        }
    }
}

internal import ArgumentParser
internal import BundleConfig

/// `dockmaster render`: the workers' files as they would be generated, secrets masked.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print the generated files, with secrets masked.")

    @OptionGroup var bundle: BundleArguments

    func run() throws {
        do throws(Refusal) {
            let files = try BundleLoading.render(try BundleLoading.read(try bundle.options()))
            for file in files {
                print("# \(file.path)")
                print(file.masked)
            }
        } catch {
            throw CommandFailure.end(error, code: CommandFailure.configurationRefused)
        }
    }
}

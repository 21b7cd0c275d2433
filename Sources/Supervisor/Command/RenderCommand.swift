internal import ArgumentParser
internal import BundleConfig

/// `dockmaster render`: the workers' files as they would be generated, and the further services; secrets masked.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print the generated files, with secrets masked.")

    @OptionGroup var bundle: BundleArguments

    func run() throws {
        do throws(Refusal) {
            let configuration = try BundleLoading.read(try bundle.options())
            let files = try BundleLoading.render(configuration)
            for file in files {
                print("# \(file.path)")
                print(file.masked)
            }
            guard !configuration.maskedServices.isEmpty else { return }
            print("# What else runs, of all files together")
            print(configuration.maskedServices)
        } catch {
            throw CommandFailure.end(error, code: CommandFailure.configurationRefused)
        }
    }
}

internal import ArgumentParser
internal import BundleConfig
internal import ProcessControl
internal import Supervision

/// `dockmaster check`: validates everything, changes nothing, and tells what a start or reload would write.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate the configuration; tell what would change.")

    @OptionGroup var bundle: BundleArguments

    func run() throws {
        do throws(Refusal) {
            let configuration = try BundleLoading.read(try bundle.options())
            let workers = configuration.workers
            try PluginCheck.validate(
                configuration.plugins, watchers: workers + configuration.watchers.map(\.name))
            // What the workers would read, where a first start has made the keys that it names.
            let files = (try? configuration.rendered()) ?? []
            try StagedFiles.check(files, workers: BundleLoading.workersFolder()) { configuration.explain($0, of: $1) }
            for warning in configuration.warnings { print("warning: \(warning)") }
            print(Self.verdict(configuration))
            for file in files {
                let before = TextFile.read(file.path)
                print(
                    "\(before == nil ? "new      " : before == file.contents ? "unchanged" : "changed  ")  \(file.path)"
                )
            }
            print(RunningPlan.text(at: "\(configuration.run)/control.sock"), terminator: "")
        } catch {
            throw CommandFailure.end(error, code: CommandFailure.configurationRefused)
        }
    }

    private static func verdict(_ configuration: BundleConfiguration) -> String {
        var parts = [configuration.file ?? "the embedded default"]
        if configuration.startsBundle { parts.append("domain \(configuration.domain)") }
        for (count, word) in [(configuration.watchers.count, "watcher"), (configuration.plugins.count, "plugin")]
        where count > 0 {
            parts.append("\(count) \(word)\(count == 1 ? "" : "s")")
        }
        return "the configuration is valid: \(parts.joined(separator: ", "))"
    }
}

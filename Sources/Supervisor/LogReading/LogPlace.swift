internal import ArgumentParser
internal import BundleConfig

/// Where logs are read, and which watchers': shared by `logs` and `trace`.
struct LogPlace: ParsableArguments {
    @Option(help: "The folder of the logs, or DOCKMASTER_LOGS; else the configuration's.")
    var logs: String?
    @Option(help: "The configuration file, or DOCKMASTER_CONFIG.")
    var config: String?

    func folder() throws(Refusal) -> LogFolder {
        if let path = logs ?? BundleArguments.variable("DOCKMASTER_LOGS") { return LogFolder(path: path) }
        var options = BundleArguments()
        options.config = config
        return LogFolder(path: try BundleLoading.read(try options.options()).logs)
    }
}

internal import BundleConfig
internal import Glibc
internal import ProcessControl
internal import Supervision

/// From a bundle's configuration to what the arbiter runs: the one place that knows both.
enum BundleLoading {
    /// The workers without which there is no registry: a start without them has failed.
    private static let essential: Set = ["auth", "registry", "proxy"]

    /// Reads and checks; makes nothing.
    static func read(_ options: BundleOptions) throws(Refusal) -> BundleConfiguration {
        let configuration: BundleConfiguration
        do {
            configuration = try BundleConfiguration.load(options)
        } catch {
            throw refusal(error)
        }
        try PluginCheck.validate(
            configuration.plugins, watchers: configuration.workers + configuration.watchers.map(\.name))
        return configuration
    }

    /// A circus .ini as our YAML.
    static func converted(_ file: String) throws(Refusal) -> CircusImport {
        do {
            return try CircusImport(file)
        } catch {
            throw refusal(error)
        }
    }

    static func render(_ configuration: BundleConfiguration) throws(Refusal) -> [RenderedFile] {
        do {
            return try configuration.rendered()
        } catch {
            throw refusal(error)
        }
    }

    /// Makes what a first start needs, and describes what is to run.
    /// - Parameter inUse: the run folder and the logs folder of the running supervisor, which a reload cannot change.
    static func desired(
        _ configuration: BundleConfiguration, workers: String, inUse: (run: String, logs: String)
    ) throws(Refusal) -> DesiredState {
        for (key, new, old) in [("run", configuration.run, inUse.run), ("logs", configuration.logs, inUse.logs)]
        where new != old {
            throw Refusal(problems: [
                "\(key): \(new) is not the folder in use, \(old). Restart dockmaster to change it."
            ])
        }
        let prepared: BundleConfiguration
        do {
            prepared = try configuration.prepare()
        } catch {
            throw refusal(error)
        }
        let files = try render(prepared)
        return try DesiredState(
            definitions: definitions(prepared, files, workers: workers), plugins: prepared.plugins,
            settings: prepared.supervisor, essential: prepared.startsBundle ? Self.essential : [],
            warnings: prepared.warnings.map(\.description), logs: prepared.logs,
            write: { () throws(Refusal) in
                try StagedFiles.replace(files, workers: workers) { prepared.explain($0, of: $1) }
            }, banner: ReadinessBanner(prepared).text
        ).resolvingNames()
    }

    /// Where the supervisor of these options listens.
    static func controlSocket(_ options: BundleOptions) throws(Refusal) -> String {
        if let run = options.run { return "\(run)/control.sock" }
        return "\(try read(options).run)/control.sock"
    }

    /// The folder of the worker binaries: DOCKMASTER_WORKERS, or the one this program is in.
    static func workersFolder() -> String {
        if let folder = BundleArguments.variable("DOCKMASTER_WORKERS") { return folder }
        let own = ProcessTable.ownExecutable() ?? CommandLine.arguments[0]
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    // MARK: Watchers

    /// The bundle's workers, then the user's own.
    private static func definitions(
        _ configuration: BundleConfiguration, _ files: [RenderedFile], workers: String
    ) -> [WatcherDefinition] {
        guard configuration.startsBundle else { return configuration.watchers }
        let run = configuration.run
        func worker(_ name: String, _ sockets: [SocketDefinition], after: [String] = []) -> WatcherDefinition {
            let path = files.first { $0.name == "\(name).yml" }?.path ?? "\(run)/\(name).yml"
            var definition = WatcherDefinition(
                name: name, command: ["\(workers)/dockmaster-\(name)", "--config", path])
            definition.sockets = sockets
            definition.requires = after.map { Dependency($0) }
            definition.files = Dictionary(
                files.filter { $0.path == path }.map { ($0.path, WatcherDefinition.fingerprint($0.contents)) },
                uniquingKeysWith: { first, _ in first })
            definition.settings.watchdog = .seconds(60)
            definition.settings.retirement = .init(signal: SIGQUIT, limit: .seconds(3_600))
            definition.parentDeathSignal = SIGTERM
            return definition
        }
        func unix(_ name: String) -> SocketDefinition {
            SocketDefinition(name: name, place: .unix(path: "\(run)/\(name).sock", mode: 0o660))
        }
        let listeners = configuration.listeners.map {
            SocketDefinition(name: $0.name, place: .tcp(host: $0.address, port: $0.port))
        }
        var auth = worker("auth", [unix("auth")])
        var registry = worker("registry", [unix("registry")])
        // A worker keeps the folder it has opened: another data folder is for a new process.
        auth.environment["DOCKMASTER_DATA_FOLDER"] = configuration.data
        registry.environment["DOCKMASTER_DATA_FOLDER"] = configuration.data
        var proxy = worker("proxy", listeners, after: ["auth", "registry"])
        // It is confined to these from its start on.
        proxy.environment["DOCKMASTER_PROXY_FOLDERS"] = configuration.proxyFolders.joined(separator: ":")
        var workers = [auth, registry, proxy]
        if configuration.workers.contains("acme") { workers.append(acme(worker("acme", []), configuration)) }
        return workers.map(configuration.changed) + configuration.watchers
    }

    /// The worker that gets certificates: the authority asks the proxy, which is to answer by then.
    private static func acme(_ worker: WatcherDefinition, _ configuration: BundleConfiguration) -> WatcherDefinition {
        var worker = worker
        worker.after = [Dependency("proxy")]
        worker.isSingleton = true
        // It is confined to these from its start on.
        worker.environment["DOCKMASTER_DATA_FOLDER"] = configuration.data
        return worker
    }

    private static func refusal(_ error: any Error) -> Refusal {
        switch error {
        case let errors as ConfigurationErrors: Refusal(problems: errors.errors.map(\.description))
        case let error as ConfigurationError: Refusal(problems: [error.description])
        case let refusal as Refusal: refusal
        default: Refusal(problems: ["\(error)"])
        }
    }
}

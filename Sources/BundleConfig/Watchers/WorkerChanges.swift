package import Supervision

/// What `watchers.auth`, `watchers.registry`, `watchers.proxy` and `watchers.acme` may say of a bundle's own workers.
enum WorkerChanges {
    static let names = ["auth", "registry", "proxy"]
    /// Runs beside them where certificates are to come by ACME.
    static let acme = "acme"
    static let keys = [
        "env", "env_file", "rlimits", "nice", "cgroup", "no_new_privs", "priority", "warmup_delay",
        "graceful_timeout", "drain_timeout", "start_timeout", "watchdog", "backoff", "max_retry", "health", "max_age",
        "max_age_variance", "on_exit", "stdout", "stderr", "log", "hooks", "after", "requires", "options",
    ]

    /// The worker with the changes made.
    static func apply(
        _ node: ConfigurationNode, to worker: WatcherDefinition, rotation: LogRotation
    ) -> (definition: WatcherDefinition, problems: [ConfigurationError]) {
        let problems = ConfigurationProblems()
        problems.attempt { _ = try node.mapping() }
        let known = worker.name == "proxy" ? keys + ["numprocesses"] : keys
        for error in node.unknownKeys(known) {
            let key = String(error.key.split(separator: ".").last ?? "")
            guard WatcherReader.keys.contains(key) else {
                problems.add([error])
                continue
            }
            var refusal = error
            refusal.problem = "cannot be set for the bundle's own worker \(worker.name)"
            refusal.remedy =
                key == "numprocesses"
                ? "Only the proxy may run more than once" : "What may be set: \(known.joined(separator: ", "))"
            problems.add([refusal])
        }
        var reader = WatcherReader(changing: worker, node, rotation: rotation)
        reader.readCommon()
        reader.given("drain_timeout") { reader.definition.settings.retirement?.limit = try $0.interval() }
        problems.add(reader.problems.errors)
        return (reader.definition, problems.errors)
    }

    static func workers(_ tls: TLSSettings) -> [String] { tls.acme == nil ? names : names + [acme] }

    /// The workers as far as their place among the others goes.
    static func outlines(_ workers: [String]) -> [WatcherDefinition] {
        workers.map { name in
            var outline = WatcherDefinition(name: name, command: [name])
            switch name {
            case "proxy": outline.requires = [Dependency("auth"), Dependency("registry")]
            // The authority asks the proxy.
            case acme: outline.after = [Dependency("proxy")]
            default: break
            }
            return outline
        }
    }
}

extension BundleConfiguration {
    /// The names of the bundle's own workers.
    package var workers: [String] { startsBundle ? WorkerChanges.workers(tls) : [] }

    /// A bundle's own worker with what `watchers.NAME` changes of it.
    package func changed(_ worker: WatcherDefinition) -> WatcherDefinition {
        guard let node = services.workers[worker.name] else { return worker }
        return WorkerChanges.apply(node, to: worker, rotation: supervisor.rotation).definition
    }
}

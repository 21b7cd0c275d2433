internal import BundleConfig
internal import ProcessControl
internal import Supervision

// A watcher's options under the names that the configuration has for them, as `options` and `get` show them.

extension WatcherDefinition {
    /// Secrets are masked: values whose name or shape says that they are one.
    var json: JSONValue {
        .object(
            commandMembers + processMembers + lifeMembers + dependencyMembers + readinessMembers + outputMembers
                + otherMembers)
    }

    /// What `$(circus.env.NAME)` of a circus file may have put into the command.
    private var secrets: [String] { SecretName.values(of: environment) + SecretName.ofThisProcess }

    private var commandMembers: [(String, JSONValue)] {
        [
            ("cmd", Self.list(MaskedText.arguments(command, secrets: secrets))), ("numprocesses", .integer(instances)),
            ("singleton", .bool(isSingleton)), ("autostart", .bool(autostart)), ("oneshot", .bool(isOneshot)),
            ("on_demand", .bool(onDemand)), ("priority", .integer(priority)),
            ("warmup_delay", .duration(warmup)),
        ]
    }

    private var processMembers: [(String, JSONValue)] {
        let variables = environment.sorted { $0.key < $1.key }
        let limits = attributes.limits.map { limit in
            (limit.resource, JSONValue.object([("soft", Self.limit(limit.soft)), ("hard", Self.limit(limit.hard))]))
        }
        var members: [(String, JSONValue)] = [
            ("working_dir", .optional(folder)), ("uid", .optional(attributes.user)),
            ("gid", .optional(attributes.group)),
            ("env", .object(variables.map { ($0.key, .string(MaskedText.variable($0.key, $0.value))) })),
            ("copy_env", .bool(copiesEnvironment)), ("env_file", .optional(environmentFile)),
            ("umask", .optional(attributes.umask.map { Self.octal($0) })),
            ("nice", attributes.nice.map { .integer($0) } ?? .null),
            ("no_new_privs", .bool(attributes.noNewPrivileges)), ("rlimits", .object(limits)),
        ]
        guard let group = attributes.controlGroup else { return members }
        members.append(
            (
                "cgroup",
                .object([
                    ("memory", group.memory.map { .integer(Int(clamping: $0)) } ?? .null),
                    ("cpu", .optional(group.cpuPercent.map { "\($0)%" })),
                    ("processes", group.processes.map { .integer($0) } ?? .null),
                ])
            ))
        return members
    }

    private var lifeMembers: [(String, JSONValue)] {
        let policy = settings.policy
        let backoff: [(String, JSONValue)] = [
            ("initial", .duration(policy.initial)), ("factor", .integer(policy.factor)), ("cap", .duration(policy.cap)),
            ("jitter", .number(policy.jitter)), ("reset_after", .duration(policy.settling)),
            ("limit", policy.limit.map { .integer($0) } ?? .integer(-1)), ("window", .duration(policy.window)),
        ]
        return [
            ("respawn", .string(policy.respawn.rawValue)),
            ("expected_exit", .array(policy.expected.sorted().map { .integer(Int($0)) })),
            ("backoff", .object(backoff)), ("on_exit", .string(onExit.rawValue)),
            ("max_age", .duration(maxAge ?? .zero)), ("max_age_variance", .duration(ageVariance)),
            ("stop_signal", .string(SignalName.name(settings.stopSignal))), ("stop_children", .bool(stopsChildren)),
            ("graceful_timeout", .duration(settings.grace)), ("reload", .string(reload.rawValue)),
            ("watchdog", .duration(settings.watchdog ?? .zero)),
        ] + (settings.retirement.map { [("drain_timeout", .duration($0.limit))] } ?? [])
    }

    private var dependencyMembers: [(String, JSONValue)] {
        func conditions(_ dependencies: [Dependency]) -> JSONValue {
            .object(dependencies.map { ($0.watcher, .string($0.condition.rawValue)) })
        }
        return [
            ("after", conditions(after)), ("requires", conditions(requires)),
            ("sockets", Self.list(sockets.map(\.name))), ("stdin_socket", .optional(inputSocket)),
        ]
    }

    private var readinessMembers: [(String, JSONValue)] {
        let ready: JSONValue =
            switch readiness {
            case .started: .string("started")
            case .notify: .string("notify")
            case .descriptor(let number): .object([("fd", .integer(Int(number)))])
            case .probe(let probe, let period): .object([Self.member(probe), ("period", .duration(period))])
            case .after(let delay): .object([("after", .duration(delay))])
            }
        var members = [("ready", ready), ("start_timeout", JSONValue.duration(settings.startTimeout))]
        guard let health else { return members }
        members.append(
            (
                "health",
                .object([
                    Self.member(health.probe), ("period", .duration(health.period)),
                    ("timeout", .duration(health.timeout)), ("threshold", .integer(health.threshold)),
                    ("on_failure", .string(health.action.rawValue)),
                ])
            ))
        return members
    }

    private var outputMembers: [(String, JSONValue)] {
        func destination(_ output: OutputDefinition) -> JSONValue {
            switch output.destination {
            case .log: .string("log")
            case .file(let path): .string(path)
            case .discard: .string("discard")
            case .inherit: .string("inherit")
            }
        }
        var members = [("stdout", destination(output)), ("stderr", destination(error))]
        if let rotation { members.append(("log", rotation.json)) }
        return members
    }

    private var otherMembers: [(String, JSONValue)] {
        let hooks = hooks.map { hook in
            (
                hook.point.rawValue,
                JSONValue.object([
                    ("cmd", Self.list(MaskedText.arguments(hook.command))), ("ignore", .bool(hook.ignoresFailure)),
                    ("timeout", .duration(hook.timeout)),
                ])
            )
        }
        let options = options.sorted { $0.key < $1.key }
        return [
            ("hooks", .object(hooks)),
            ("options", .object(options.map { ($0.key, .string(MaskedText.variable($0.key, $0.value))) })),
        ]
    }

    // MARK: Values

    private static func member(_ probe: Probe) -> (String, JSONValue) {
        switch probe {
        case .tcp(let host, let port): ("tcp", .string(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"))
        case .unix(let path): ("unix", .string(path))
        case .http(_, _, let path, let socket?): ("http", .string("unix:\(socket):\(path)"))
        case .http(let host, let port, let path, nil):
            ("http", .string("http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)"))
        case .exec(let command): ("exec", list(MaskedText.arguments(command)))
        }
    }

    private static func list(_ words: [String]) -> JSONValue { .array(words.map { .string($0) }) }

    private static func limit(_ value: UInt64?) -> JSONValue {
        value.map { .integer(Int(clamping: $0)) } ?? .string("unlimited")
    }

    private static func octal(_ bits: UInt32) -> String {
        let digits = String(bits, radix: 8)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}

extension LogRotation {
    var json: JSONValue {
        let every: JSONValue =
            switch interval {
            case nil: .null
            case .midnight: .string("midnight")
            case .seconds(let seconds): .duration(.seconds(seconds))
            case .weekday(let day):
                .string(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][abs(day) % 7])
            }
        return .object([
            ("size", size.map { .integer($0) } ?? .null), ("keep", .integer(keep)), ("every", every),
            ("compress", .bool(compress)),
        ])
    }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// As the configuration writes it: "1m30s".
    static func duration(_ duration: Duration) -> JSONValue { .string(DurationText.text(duration)) }
}

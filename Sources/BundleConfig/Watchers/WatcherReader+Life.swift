import Supervision

// How many processes, when they start, stop and start again.

extension WatcherReader {
    mutating func readLife() {
        given("numprocesses") { definition.instances = try $0.integer(in: 0...10_000) }
        given("priority") { definition.priority = try $0.integer() }
        given("warmup_delay") { definition.warmup = try $0.duration() }
        given("on_exit") { definition.onExit = try $0.choice(WatcherDefinition.OnExit.self) }
        given("max_age") { value in
            let age = try value.duration()
            definition.maxAge = age == .zero ? nil : age
        }
        given("max_age_variance") { definition.ageVariance = try $0.duration() }
        given("graceful_timeout") { definition.settings.grace = try $0.duration() }
        given("start_timeout") { definition.settings.startTimeout = try $0.interval() }
        given("watchdog") { value in
            let silence = try value.duration()
            definition.settings.watchdog = silence == .zero ? nil : silence
        }
        for (key, path) in [("after", \WatcherDefinition.after), ("requires", \.requires)] {
            given(key) { definition[keyPath: path] += try dependencies($0) }
        }
    }

    /// What only a watcher of the user's own may say.
    mutating func readManners() {
        given("singleton") { definition.isSingleton = try $0.bool() }
        given("autostart") { definition.autostart = try $0.bool() }
        given("oneshot") { definition.isOneshot = try $0.bool() }
        given("stop_signal") { definition.settings.stopSignal = try $0.signal() }
        given("stop_children") { definition.stopsChildren = try $0.bool() }
        readRespawn()
        readReload()
        if definition.isSingleton, definition.instances > 1, let value = node["numprocesses"] {
            problems.add([
                value.refused(
                    "is \(definition.instances), but a singleton has one process",
                    remedy: "Remove numprocesses, or singleton")
            ])
        }
        if definition.isOneshot, definition.health != nil, let value = node["health"] {
            problems.add([
                value.refused("is for services, and this is a oneshot, which ends", remedy: "Remove health, or oneshot")
            ])
        }
    }

    private mutating func readRespawn() {
        // A task that ended well has done what it is for.
        if definition.isOneshot { definition.settings.policy.respawn = .onFailure }
        given("respawn") { value in
            switch try value.string().lowercased() {
            case "true", "yes", "on": definition.settings.policy.respawn = .always
            case "false", "no", "off": definition.settings.policy.respawn = .never
            default: definition.settings.policy.respawn = try value.choice(RestartPolicy.Respawn.self)
            }
            if definition.isOneshot, definition.settings.policy.respawn == .always {
                throw value.refused(
                    "would start a oneshot again for ever", remedy: "Write on-failure or never, or remove oneshot")
            }
        }
    }

    private mutating func readReload() {
        if definition.isSingleton {
            definition.reload = .sequential
        } else if definition.readiness == .notify {
            definition.reload = .signal
        }
        given("send_hup") { if try $0.bool() { definition.reload = .signal } }
        given("reload") { value in
            let manner = try value.choice(WatcherDefinition.ReloadManner.self)
            if let hangup = node.present("send_hup"), try hangup.bool(), manner != .signal {
                throw hangup.refused("and reload: \(manner.rawValue) contradict each other", remedy: "Keep one of them")
            }
            definition.reload = manner
        }
        if definition.isSingleton, definition.reload == .replace, let value = node["reload"] {
            problems.add([
                value.refused(
                    "would run two processes of a singleton side by side",
                    remedy: "Write sequential or signal, or remove singleton")
            ])
        }
    }

    /// `[a, b]` or `{a: started}`. A name alone waits for a oneshot's end and a service's readiness; which of the two it
    /// is, `ServicesReader` finds out.
    private func dependencies(_ node: ConfigurationNode) throws -> [Dependency] {
        if node.isMapping {
            return try node.mapping().map { name, value in
                Dependency(name, value.isNull ? .ready : try value.choice(Dependency.Condition.self))
            }
        }
        return try node.names().map { Dependency(try $0.string()) }
    }

    // MARK: Policy

    static let backoffKeys = ["initial", "factor", "cap", "jitter", "reset_after", "limit", "window"]

    mutating func readPolicy() {
        given("expected_exit") { value in
            definition.settings.policy.expected = Set(
                try value.names().map { Int32(try $0.integer(in: 0...255)) })
        }
        given("max_retry") { definition.settings.policy.limit = try Self.limit($0) }
        given("backoff") { value in
            _ = try value.mapping()
            try value.refuseUnknownKeys(Self.backoffKeys)
            var policy = definition.settings.policy
            policy.initial = try value.duration("initial") ?? policy.initial
            policy.factor = try value.present("factor")?.integer(in: 1...1_000) ?? policy.factor
            policy.cap = try value.duration("cap") ?? policy.cap
            policy.jitter = try value.present("jitter").map(Self.share) ?? policy.jitter
            policy.settling = try value.duration("reset_after") ?? policy.settling
            policy.window = try value.present("window")?.interval() ?? policy.window
            if let limit = value.present("limit") {
                guard node.present("max_retry") == nil else {
                    throw limit.refused("is max_retry, which is given as well", remedy: "Keep one of them")
                }
                policy.limit = try Self.limit(limit)
            }
            guard policy.initial <= policy.cap else {
                throw value.refused("begins with more than its cap", remedy: "Raise backoff.cap, or lower initial")
            }
            definition.settings.policy = policy
        }
    }

    /// Failures that end in `failed`; circus's 0 (no second try) gives up with the first.
    private static func limit(_ node: ConfigurationNode) throws -> Int? {
        node.isUnlimited ? nil : max(1, try node.integer(in: 0...1_000_000))
    }

    private static func share(_ node: ConfigurationNode) throws -> Double {
        let text = try node.string()
        guard let share = Double(text), (0...1).contains(share) else {
            throw node.refused("is \"\(text)\"", remedy: "Write a share from 0 to 1, such as 0.1")
        }
        return share
    }
}

import Supervision
import Testing

@Suite("A reload plan")
struct ReloadPlanTests {
    private typealias Change = @Sendable (inout WatcherDefinition) -> Void

    private func definition(_ name: String, _ change: (inout WatcherDefinition) -> Void = { _ in }) -> WatcherDefinition
    {
        var definition = WatcherDefinition(name: name, command: ["/bin/true"])
        definition.files = ["/run/\(name).yml": 1]
        change(&definition)
        return definition
    }

    private func steps(_ change: (inout WatcherDefinition) -> Void) -> [ReloadPlan.Step] {
        ReloadPlan(from: [definition("a")], to: [definition("a", change)]).steps.map(\.step)
    }

    // MARK: Field by field

    /// Each field of a definition, a change of it, and what follows. A name or a step, so that a field is in here twice if
    /// its changes differ.
    private static let fields: [(field: String, change: Change, step: ReloadPlan.Step)] = [
        // What a process is given once, when it starts.
        ("command", { $0.command = ["/bin/false"] }, .replace(.sideBySide)),
        ("environment", { $0.environment = ["A": "b"] }, .replace(.sideBySide)),
        ("copiesEnvironment", { $0.copiesEnvironment = true }, .replace(.sideBySide)),
        ("environmentFile", { $0.environmentFile = "/etc/a.env" }, .replace(.sideBySide)),
        ("folder", { $0.folder = "/" }, .replace(.sideBySide)),
        ("attributes", { $0.attributes.umask = 0o22 }, .replace(.sideBySide)),
        (
            "sockets", { $0.sockets = [.init(name: "https", place: .tcp(host: "", port: 1))] },
            .replace(.sideBySide)
        ),
        ("inputSocket", { $0.inputSocket = "in" }, .replace(.sideBySide)),
        ("output", { $0.output = OutputDefinition(.discard) }, .replace(.sideBySide)),
        ("error", { $0.error = OutputDefinition(.file("/x")) }, .replace(.sideBySide)),
        ("parentDeathSignal", { $0.parentDeathSignal = 15 }, .replace(.sideBySide)),
        ("readiness", { $0.readiness = .started }, .replace(.sideBySide)),
        ("readiness", { $0.readiness = .descriptor(5) }, .replace(.sideBySide)),
        ("isOneshot", { $0.isOneshot = true }, .replace(.terminate)),
        // What it reads again.
        ("files", { $0.files = ["/run/a.yml": 2] }, .signal),
        // How many there are.
        ("instances", { $0.instances = 3 }, .scale(from: 1, to: 3)),
        // What the supervisor obeys by itself.
        ("rotation", { $0.rotation = LogRotation(keep: 9) }, .adopt),
        ("isSingleton", { $0.isSingleton = true }, .adopt),
        ("autostart", { $0.autostart = false }, .adopt),
        ("onDemand", { $0.onDemand = true }, .adopt),
        ("warmup", { $0.warmup = .seconds(1) }, .adopt),
        ("priority", { $0.priority = 7 }, .adopt),
        ("after", { $0.after = ["b"] }, .adopt),
        ("requires", { $0.requires = ["b"] }, .adopt),
        ("health", { $0.health = HealthCheck(probe: .exec(["/bin/true"])) }, .adopt),
        ("onExit", { $0.onExit = .shutdown }, .adopt),
        ("maxAge", { $0.maxAge = .seconds(86_400) }, .adopt),
        ("ageVariance", { $0.ageVariance = .seconds(1) }, .adopt),
        ("hooks", { $0.hooks = [HookDefinition(point: .afterStop, command: ["/bin/true"])] }, .adopt),
        ("reload", { $0.reload = .terminate }, .adopt),
        ("stopsChildren", { $0.stopsChildren = true }, .adopt),
        ("options", { $0.options = ["flapping.attempts": "3"] }, .adopt),
        ("settings", { $0.settings.grace = .seconds(9) }, .adopt),
    ]

    /// Likewise for `settings`.
    private static let settings: [(field: String, change: Change, step: ReloadPlan.Step)] = [
        ("policy", { $0.settings.policy.limit = 9 }, .adopt),
        ("awaitsReady", { $0.settings.awaitsReady = false }, .adopt),
        ("startTimeout", { $0.settings.startTimeout = .seconds(9) }, .adopt),
        ("grace", { $0.settings.grace = .seconds(9) }, .adopt),
        ("stopSignal", { $0.settings.stopSignal = 2 }, .adopt),
        ("retirement", { $0.settings.retirement = .init(signal: 3, limit: .seconds(9)) }, .adopt),
        ("reloadSignal", { $0.settings.reloadSignal = 10 }, .adopt),
        // Told to the process in WATCHDOG_USEC.
        ("watchdog", { $0.settings.watchdog = .seconds(9) }, .replace(.sideBySide)),
    ]

    @Test("says of each field what a change of it needs")
    func table() {
        for (field, change, step) in Self.fields + Self.settings {
            #expect(definition("a", change) != definition("a"), "\(field): no change")
            #expect(steps(change) == [step], "\(field)")
        }
    }

    @Test("has been asked about every field there is")
    func complete() {
        let definition = Mirror(reflecting: definition("a")).children.compactMap(\.label)
        #expect(Set(definition) == Set(Self.fields.map(\.field) + ["name"]))
        let settings = Mirror(reflecting: WatcherSettings()).children.compactMap(\.label)
        #expect(Set(settings) == Set(Self.settings.map(\.field)))
    }

    @Test("needs no process for another way to find out from outside that one is ready")
    func probes() {
        let old = definition("a") { $0.readiness = .started }
        let new = definition("a") { $0.readiness = .probe(.tcp(host: "127.0.0.1", port: 1), period: .seconds(1)) }
        #expect(ReloadPlan.steps(from: old, to: new) == [.adopt])
        #expect(ReloadPlan.steps(from: new, to: definition("a")) == [.replace(.sideBySide)])
    }

    // MARK: Manners and mixtures

    @Test("leaves alone what has not changed")
    func unchanged() {
        let plan = ReloadPlan(from: [definition("a")], to: [definition("a")])
        #expect(plan.steps == [.init(watcher: "a", step: .unchanged)])
        #expect(plan.isEmpty)
        #expect(!ReloadPlan(from: [definition("a")], to: [definition("a") { $0.priority = 1 }]).isEmpty)
    }

    @Test("replaces in the manner configured now, and never has a singleton or a task twice")
    func manners() {
        let manners: [(WatcherDefinition.ReloadManner, ReloadPlan.Manner)] = [
            (.signal, .sideBySide), (.replace, .sideBySide), (.sequential, .sequential), (.terminate, .terminate),
        ]
        #expect(manners.count == WatcherDefinition.ReloadManner.allCases.count)
        for (reload, manner) in manners {
            let change: Change = {
                $0.reload = reload
                $0.folder = "/"
            }
            #expect(steps(change) == [.replace(manner)])
            // A file that only a new process reads.
            let file: Change = {
                $0.reload = reload
                $0.files = ["/run/a.yml": 2]
            }
            #expect(steps(file) == (reload == .signal ? [.signal] : [.replace(manner)]))
            for (before, after) in [(true, true), (true, false), (false, true)] {
                let old = definition("a") { $0.isSingleton = before }
                let new = definition("a") {
                    change(&$0)
                    $0.isSingleton = after
                }
                #expect(ReloadPlan.steps(from: old, to: new) == [.replace(.terminate)])
            }
        }
    }

    @Test("scales first and then signals, and replaces whatever else is said")
    func mixtures() {
        #expect(
            steps {
                $0.instances = 4
                $0.files = ["/run/a.yml": 2]
                $0.settings.grace = .seconds(1)
            } == [.scale(from: 1, to: 4), .signal])
        #expect(
            steps {
                $0.instances = 4
                $0.command = ["/bin/false"]
            } == [.replace(.sideBySide)])
    }

    @Test("adds what is new and removes, last and in reverse, what is gone")
    func addRemove() {
        let plan = ReloadPlan(
            from: [definition("a"), definition("b"), definition("c")], to: [definition("d"), definition("b")])
        #expect(
            plan.steps == [
                .init(watcher: "d", step: .add), .init(watcher: "b", step: .unchanged),
                .init(watcher: "c", step: .remove), .init(watcher: "a", step: .remove),
            ])
    }

    @Test("goes in the new starting order, and removes in reverse of the old one")
    func order() {
        let plan = ReloadPlan(
            from: [definition("a") { $0.after = ["b"] }, definition("b"), definition("c") { $0.after = ["a"] }],
            to: [definition("x") { $0.after = ["z"] }, definition("y"), definition("z")])
        #expect(plan.steps.map(\.watcher) == ["z", "x", "y", "c", "a", "b"])
    }

    @Test("tells its steps in words")
    func words() {
        let steps: [ReloadPlan.Step] = [
            .unchanged, .adopt, .signal, .scale(from: 1, to: 3), .replace(.sideBySide), .replace(.sequential),
            .replace(.terminate), .add, .remove,
        ]
        #expect(
            steps.map(\.description) == [
                "unchanged", "adopt", "signal", "scale 1 → 3", "replace", "replace one by one", "stop and start", "add",
                "remove",
            ])
    }
}

import Testing

@testable import Supervision

private func watcher(_ name: String, after: [String] = [], requires: [String] = []) -> WatcherDefinition {
    var definition = WatcherDefinition(name: name, command: ["/bin/true"])
    definition.after = after.map { Dependency($0) }
    definition.requires = requires.map { Dependency($0) }
    return definition
}

@Suite("A start order")
struct StartOrderTests {
    @Test("puts each watcher after those it waits for, and keeps the given order otherwise")
    func order() throws {
        let order = try StartOrder([
            watcher("proxy", requires: ["auth", "registry"]), watcher("cron"), watcher("auth"),
            watcher("registry", after: ["auth"]),
        ])
        #expect(order.names == ["auth", "registry", "proxy", "cron"])
    }

    @Test("refuses a cycle by its names")
    func cycle() {
        #expect(throws: StartOrder.Problem.cycle(["a", "b", "c"])) {
            try StartOrder([watcher("a", after: ["b"]), watcher("b", requires: ["c"]), watcher("c", after: ["a"])])
        }
        #expect(StartOrder.Problem.cycle(["a", "b"]).problem.contains("a → b → a"))
    }

    @Test("refuses a watcher that waits for itself, for nobody, or twice")
    func strangers() {
        #expect(throws: StartOrder.Problem.cycle(["a"])) { try StartOrder([watcher("a", after: ["a"])]) }
        #expect(throws: StartOrder.Problem.unknown(watcher: "a", wants: "b")) {
            try StartOrder([watcher("a", after: ["b"])])
        }
        #expect(throws: StartOrder.Problem.duplicate("a")) { try StartOrder([watcher("a"), watcher("a")]) }
    }
}

@Suite("A reload plan")
struct ReloadPlanTests {
    private func definition(_ name: String, _ change: (inout WatcherDefinition) -> Void = { _ in }) -> WatcherDefinition
    {
        var definition = watcher(name)
        definition.files = ["/run/\(name).yml": 1]
        change(&definition)
        return definition
    }

    private func step(_ change: (inout WatcherDefinition) -> Void) -> ReloadPlan.Step? {
        ReloadPlan(from: [definition("a")], to: [definition("a", change)]).steps.first?.step
    }

    @Test("leaves alone what has not changed")
    func unchanged() {
        #expect(ReloadPlan(from: [definition("a")], to: [definition("a")]).isEmpty)
    }

    @Test("signals a watcher whose file has changed, or replaces it if it is so configured")
    func files() {
        #expect(step { $0.files = ["/run/a.yml": 2] } == .signal)
        #expect(
            step {
                $0.files = ["/run/a.yml": 2]
                $0.reload = .replace
            } == .replace)
    }

    @Test("replaces a watcher whose command, sockets, environment or watchdog has changed")
    func replaced() {
        #expect(step { $0.command = ["/bin/false"] } == .replace)
        #expect(step { $0.environment = ["A": "b"] } == .replace)
        #expect(step { $0.sockets = [.init(name: "https", place: .tcp(host: "", port: 1))] } == .replace)
        #expect(step { $0.settings.watchdog = .seconds(9) } == .replace)
    }

    @Test("needs no process for what the supervisor obeys by itself")
    func own() {
        #expect(step { $0.settings.grace = .seconds(9) } == .unchanged)
        #expect(step { $0.after = [Dependency("b")] } == .unchanged)
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
}

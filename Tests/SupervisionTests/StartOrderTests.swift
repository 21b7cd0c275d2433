import Supervision
import Testing

private func watcher(
    _ name: String, priority: Int = 0, after: [Dependency] = [], requires: [Dependency] = []
) -> WatcherDefinition {
    var definition = WatcherDefinition(name: name, command: ["/bin/true"])
    definition.priority = priority
    definition.after = after
    definition.requires = requires
    return definition
}

extension Dependency: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) { self.init(name) }
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
        #expect(order.stopping == ["cron", "proxy", "registry", "auth"])
    }

    @Test("puts the higher priority first among those that do not depend on each other")
    func priority() throws {
        let order = try StartOrder([
            watcher("a"), watcher("b", priority: 10), watcher("c", priority: -1), watcher("d", priority: 10),
            watcher("e", priority: 99, after: ["c", "f"]), watcher("f"),
        ])
        // What the first one waits for comes before it all the same, the higher priority first.
        #expect(order.names == ["f", "c", "e", "b", "d", "a"])
    }

    @Test("refuses a cycle by its names")
    func cycle() {
        #expect(throws: StartOrder.Problem.cycle(["a", "b", "c"])) {
            try StartOrder([
                watcher("x", after: ["a"]), watcher("a", after: ["b"]), watcher("b", requires: ["c"]),
                watcher("c", after: ["a"]),
            ])
        }
        #expect(StartOrder.Problem.cycle(["a", "b"]).problem.contains("a → b → a"))
    }

    @Test("refuses a watcher that waits for itself, for nobody, or is there twice")
    func strangers() {
        #expect(throws: StartOrder.Problem.cycle(["a"])) { try StartOrder([watcher("a", after: ["a"])]) }
        #expect(StartOrder.Problem.cycle(["a"]).problem == "watcher a waits for itself")
        #expect(throws: StartOrder.Problem.unknown(watcher: "a", wants: "b")) {
            try StartOrder([watcher("a", after: ["b"])])
        }
        #expect(throws: StartOrder.Problem.duplicate("a")) { try StartOrder([watcher("a"), watcher("a")]) }
    }

    @Test("refuses a condition that can never come true, in a sentence")
    func never() throws {
        var task = watcher("b")
        #expect(throws: StartOrder.Problem.neverCompleted(watcher: "a", wants: "b")) {
            try StartOrder([watcher("a", after: [Dependency("b", .completed)]), task])
        }
        task.isOneshot = true
        #expect(try StartOrder([watcher("a", after: [Dependency("b", .completed)]), task]).names == ["b", "a"])

        var checked = watcher("b")
        #expect(throws: StartOrder.Problem.neverHealthy(watcher: "a", wants: "b")) {
            try StartOrder([watcher("a", requires: [Dependency("b", .healthy)]), checked])
        }
        checked.health = HealthCheck(probe: .exec(["/bin/true"]))
        #expect(try StartOrder([watcher("a", requires: [Dependency("b", .healthy)]), checked]).names == ["b", "a"])
        #expect(
            "\(StartOrder.Problem.neverCompleted(watcher: "a", wants: "b"))"
                == "watcher a waits until b has completed, which is no oneshot: it never does; "
                + "set watchers.b.oneshot: true, or wait for `ready` or `started` instead")
    }

    @Test("takes a chain of twenty thousand watchers and a thousand that all want the same, without a deep stack")
    func large() throws {
        // Given in reverse, so that the first one has all others before it.
        let chain = (0..<20_000).reversed().map { number in
            watcher("w\(number)", after: number == 0 ? [] : [Dependency("w\(number - 1)")])
        }
        #expect(try StartOrder(chain).names == (0..<20_000).map { "w\($0)" })
        let fan = (0..<1000).map { watcher("w\($0)", after: [Dependency("base")]) } + [watcher("base")]
        #expect(try StartOrder(fan).names.first == "base")
    }

    @Test("takes ten times as long for ten times as many watchers, not a hundred times")
    func linear() throws {
        func chain(_ count: Int) -> [WatcherDefinition] {
            (0..<count).map { watcher("w\($0)", after: $0 == 0 ? [] : [Dependency("w\($0 - 1)")]) }
        }
        let clock = ContinuousClock()
        let (small, large) = (chain(1000), chain(10_000))
        let one = (0..<3).map { _ in clock.measure { _ = try? StartOrder(small) } }.min() ?? .zero
        let ten = (0..<3).map { _ in clock.measure { _ = try? StartOrder(large) } }.min() ?? .zero
        #expect(ten < one * 40)
        #expect(one < .milliseconds(500))
    }
}

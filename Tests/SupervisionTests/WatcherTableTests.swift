import Supervision
import Testing

@Suite("The table of a watcher's states and events")
struct WatcherTableTests {
    private static let blocks = [
        WatcherTable.resting, WatcherTable.starting, WatcherTable.stopping, WatcherTable.killing,
    ]

    @Test("has every state, reached as it is written", arguments: WatcherTable.ways.map(\.state))
    func states(state: String) throws {
        let way = try #require(WatcherTable.ways.first { $0.state == state })
        #expect(TableWords.state(WatcherTable.machine(way.events).0) == state)
        #expect(Self.blocks.filter { $0[state] != nil }.count == 1)
    }

    @Test(
        "says what each event makes of each state, and the machine does so", arguments: WatcherTable.ways.map(\.state))
    func rows(state: String) throws {
        let way = try #require(WatcherTable.ways.first { $0.state == state })
        let block = try #require(Self.blocks.lazy.compactMap { $0[state] }.first)
        let expected = block.split(separator: "\n").map(String.init)
        let found = WatcherTable.events.map { WatcherTable.line($0, way.events) }
        for (row, line) in zip(expected, found) { #expect(line == row, "\(state)") }
        #expect(found.count == expected.count)
    }

    @Test("has no event twice, and every kind of event")
    func events() {
        let names = WatcherTable.events.map(TableWords.event)
        #expect(Set(names).count == names.count)
        // "exited 78" and "old timer" are kinds of an event: the enum's own cases are these.
        let kinds = Set(WatcherTable.events.map { "\($0)".prefix { $0 != "(" } })
        #expect(kinds.count == 19)
    }

    /// What follows an end, by policy, and what follows an end that was asked for one process only (`terminate`).
    private static let policies: [(RestartPolicy.Respawn, end: ProcessEnd, byItself: String, terminated: String)] = [
        (.always, .code(0), "starting…", "starting…"),
        (.always, .code(1), "starting…", "starting…"),
        (.always, .code(78), "failed", "starting…"),
        (.always, .signal(15), "starting…", "starting…"),
        (.onFailure, .code(0), "finished", "finished"),
        (.onFailure, .code(3), "finished", "finished"),
        (.onFailure, .code(1), "starting…", "starting…"),
        (.onFailure, .code(78), "failed", "starting…"),
        (.onFailure, .signal(15), "starting…", "starting…"),
        (.never, .code(0), "finished", "finished"),
        (.never, .code(3), "finished", "finished"),
        (.never, .code(1), "failed", "finished"),
        (.never, .code(78), "failed", "finished"),
        (.never, .signal(15), "failed", "finished"),
    ]

    @Test("goes by the policy when a process has ended")
    func policy() {
        for (respawn, end, byItself, terminated) in Self.policies {
            var settings = WatcherTable.settings
            settings.policy.respawn = respawn
            settings.policy.expected = [0, 3]
            let asked: WatcherEvent = .terminate(signal: nil, grace: nil)
            let ways: [([WatcherEvent], String)] = [
                ([.start, .spawned, .ready], byItself), ([.start, .spawned, .ready, asked], terminated),
            ]
            for (way, expected) in ways {
                var (machine, _) = WatcherTable.machine(way, settings)
                _ = machine.handle(.exited(end), at: .seconds(100))
                #expect(TableWords.state(machine) == expected, "\(respawn), \(end), \(way)")
            }
        }
    }
}

import Supervision
import Testing

@Suite("A gate that opens on demand")
struct OnDemandGateTests {
    /// How each state is reached, and what each event makes of it.
    private static let table:
        [(
            way: [OnDemandGate.Event],
            rows: [(event: OnDemandGate.Event, next: OnDemandGate.State, actions: [OnDemandGate.Action])]
        )] = [
            (
                [],
                [
                    (.wanted, .waiting, [.watchSockets]), (.unwanted, .closed, []), (.demand, .closed, []),
                    (.finished, .closed, []), (.failed, .closed, []),
                ]
            ),
            (
                [.wanted],
                [
                    (.wanted, .waiting, []), (.unwanted, .closed, [.ignoreSockets]),
                    (.demand, .open, [.ignoreSockets, .start]), (.finished, .waiting, []), (.failed, .waiting, []),
                ]
            ),
            (
                [.wanted, .demand],
                [
                    (.wanted, .open, []), (.unwanted, .closed, []), (.demand, .open, []),
                    (.finished, .waiting, [.watchSockets]), (.failed, .closed, []),
                ]
            ),
        ]

    @Test("goes from state to state as its table says")
    func transitions() {
        for (way, rows) in Self.table {
            #expect(rows.count == 5)
            for (event, next, actions) in rows {
                var gate = OnDemandGate()
                for step in way { _ = gate.handle(step, at: .zero) }
                #expect(gate.handle(event, at: .zero) == actions, "\(way) + \(event)")
                #expect(gate.state == next, "\(way) + \(event)")
            }
        }
    }

    @Test("gives up on a program that ends again and again without taking what waits, and not on one that works")
    func trigger() {
        var gate = OnDemandGate()
        _ = gate.handle(.wanted, at: .zero)
        for _ in 0..<OnDemandGate.limit {
            #expect(gate.handle(.demand, at: .zero) == [.ignoreSockets, .start])
            _ = gate.handle(.finished, at: .zero)
        }
        #expect(
            gate.handle(.demand, at: .seconds(2)) == [.ignoreSockets, .giveUp(starts: 20, within: .seconds(2))])
        #expect(gate.state == .closed)
        // An operator's start is a new beginning.
        _ = gate.handle(.wanted, at: .seconds(2))
        #expect(gate.handle(.demand, at: .seconds(2)).last == .start)

        var busy = OnDemandGate()
        _ = busy.handle(.wanted, at: .zero)
        for number in 0..<200 {
            #expect(busy.handle(.demand, at: .milliseconds(number * 110)).last == .start)
            _ = busy.handle(.finished, at: .milliseconds(number * 110))
        }
    }
}

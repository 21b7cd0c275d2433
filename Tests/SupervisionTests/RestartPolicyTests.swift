import Testing

@testable import Supervision

@Suite("A restart policy")
struct RestartPolicyTests {
    @Test("doubles its delay from half a second to thirty")
    func table() {
        let policy = RestartPolicy()
        let delays = (1...9).map { policy.delay(afterFailures: $0) }
        #expect(
            delays == [0.5, 1, 2, 4, 8, 16, 30, 30, 30].map { Duration.milliseconds($0 * 1000) })
    }

    @Test("never waits longer than its cap, even at first")
    func cap() {
        let policy = RestartPolicy(initial: .seconds(40), cap: .seconds(30))
        #expect(policy.delay(afterFailures: 1) == .seconds(30))
    }

    @Test("adds at most a tenth as jitter")
    func jitter() {
        #expect(RestartPolicy().jittered(.seconds(10), 0) == .seconds(10))
        #expect(RestartPolicy().jittered(.seconds(10), 1) == .seconds(11))
        #expect(RestartPolicy().jittered(.seconds(10), 7) == .seconds(11))
    }
}

@Suite("A history of failures")
struct FailureHistoryTests {
    private let policy = RestartPolicy(limit: nil)

    @Test("restarts a process past its settling time at once")
    func settled() {
        var history = FailureHistory()
        #expect(history.note(at: .seconds(100), uptime: .seconds(1), policy: policy) == .restart(after: .zero))
    }

    @Test("waits longer each time for one that does not settle, and starts over once it has")
    func streak() {
        var history = FailureHistory()
        let verdicts = (0..<4).map { history.note(at: .seconds($0), uptime: .milliseconds(10), policy: policy) }
        #expect(verdicts == [500, 1000, 2000, 4000].map { .restart(after: .milliseconds($0)) })
        // Two seconds are past settling, but not past the last delay of four.
        #expect(history.note(at: .seconds(10), uptime: .seconds(2), policy: policy) == .restart(after: .seconds(8)))
        #expect(history.note(at: .seconds(30), uptime: .seconds(9), policy: policy) == .restart(after: .zero))
        #expect(history.note(at: .seconds(31), uptime: nil, policy: policy) == .restart(after: .milliseconds(500)))
    }

    @Test("gives up at the limit within the window, and not when the failures lie further apart")
    func limit() {
        let policy = RestartPolicy(limit: 3, window: .seconds(60))
        var near = FailureHistory()
        _ = near.note(at: .seconds(0), uptime: nil, policy: policy)
        _ = near.note(at: .seconds(30), uptime: nil, policy: policy)
        #expect(near.note(at: .seconds(59), uptime: nil, policy: policy) == .giveUp)
        var far = FailureHistory()
        for second in stride(from: 0, to: 400, by: 40) {
            #expect(far.note(at: .seconds(second), uptime: .seconds(39), policy: policy) != .giveUp)
        }
    }
}

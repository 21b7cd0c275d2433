import Testing

@testable import RegistryWorker

@Suite("A retry policy")
struct RetryPolicyTests {
    private let policy = RetryPolicy(threshold: 3, backoff: .seconds(2), ceiling: .seconds(60))

    @Test("is quick with a hiccup, then doubles, up to its ceiling")
    func doubles() {
        let delays = (1...9).map { policy.delay(after: $0, chance: 0.5) / .seconds(1) }
        #expect(delays.map { ($0 * 10).rounded() / 10 } == [0.1, 0.1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test("spreads by a fifth, and no chance takes it further", arguments: [-5.0, 0, 0.3, 1, 7])
    func spreads(chance: Double) {
        let delay = policy.delay(after: 5, chance: chance)
        #expect(delay >= .milliseconds(6_400) && delay <= .milliseconds(9_600))
    }

    @Test("keeps its ceiling after any number of failures")
    func large() {
        #expect(policy.delay(after: .max, chance: 1) <= .seconds(72))
        let slow = RetryPolicy(threshold: 1, backoff: .seconds(1_000_000_000), ceiling: .seconds(60))
        #expect(slow.delay(after: 40, chance: 0) > .zero)
    }
}

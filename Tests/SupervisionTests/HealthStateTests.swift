import Supervision
import Testing

@Suite("A state of health")
struct HealthStateTests {
    private func changes(_ results: String, threshold: Int = 3) -> [HealthState.Change] {
        var state = HealthState()
        return results.map { state.take(passed: $0 == "+", threshold: threshold) }
    }

    @Test("is unknown until a check passes, and says once that it is good")
    func first() {
        #expect(HealthState().isHealthy == nil)
        #expect(changes("+++") == [.healthy, .none, .none])
    }

    @Test("turns bad with as many failures in a row as the threshold, once")
    func threshold() {
        #expect(
            changes("+-----") == [
                .healthy, .failed(inARow: 1, threshold: 3), .failed(inARow: 2, threshold: 3), .unhealthy(failures: 3),
                .none, .none,
            ])
        #expect(changes("-", threshold: 1) == [.unhealthy(failures: 1)])
        #expect(changes("-", threshold: 0) == [.unhealthy(failures: 1)])
    }

    @Test("forgets failures that a success interrupts")
    func interrupted() {
        #expect(!changes("--+--+--+--").contains { if case .unhealthy = $0 { true } else { false } })
    }

    @Test("recovers with the first success, and can turn bad again")
    func recovery() {
        let changes = changes("-----+---")
        #expect(changes[2] == .unhealthy(failures: 3))
        #expect(changes[5] == .recovered(failures: 5))
        #expect(changes[8] == .unhealthy(failures: 3))
    }

    @Test("knows nothing of a new process")
    func reset() {
        var state = HealthState()
        _ = state.take(passed: false, threshold: 1)
        #expect(state.isHealthy == false)
        state.reset()
        #expect(state == HealthState())
    }
}

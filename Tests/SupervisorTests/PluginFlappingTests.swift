import Testing

@testable import Supervisor

@Suite("A flapping watcher")
struct PluginFlappingTests {
    private let limits = FlappingHistory.Limits()

    @Test("is paused at its second death within a second, and stopped for good after five pauses")
    func fullLife() {
        var history = FlappingHistory()
        var now: Duration = .zero
        for retry in 1...5 {
            #expect(history.died(at: now, limits) == .nothing)
            now += .milliseconds(900)
            #expect(history.died(at: now, limits) == .pause(retry: retry))
            now += .seconds(7)
        }
        #expect(history.died(at: now, limits) == .nothing)
        #expect(history.died(at: now + .seconds(1), limits) == .stopForGood)
    }

    @Test("that lives longer begins anew")
    func settles() {
        var history = FlappingHistory()
        #expect(history.died(at: .zero, limits) == .nothing)
        #expect(history.died(at: .milliseconds(500), limits) == .pause(retry: 1))
        #expect(history.died(at: .seconds(8), limits) == .nothing)
        #expect(history.died(at: .seconds(60), limits) == .nothing)
        #expect(history.died(at: .seconds(60.5), limits) == .pause(retry: 1))
    }

    @Test("is paused without end where max_retry is -1, and never where it is not active")
    func variants() {
        var endless = limits
        endless.maxRetry = nil
        var history = FlappingHistory()
        for retry in 1...50 {
            #expect(history.died(at: .seconds(retry * 10), endless) == .nothing)
            #expect(history.died(at: .seconds(retry * 10) + .milliseconds(1), endless) == .pause(retry: retry))
        }
        var quiet = limits
        quiet.isActive = false
        for _ in 0..<10 { #expect(history.died(at: .seconds(1000), quiet) == .nothing) }
    }

    @Test("needs as many deaths as `attempts` says, the last of them within the window")
    func attempts() {
        var three = limits
        three.attempts = 3
        three.window = .seconds(10)
        var history = FlappingHistory()
        #expect(history.died(at: .seconds(0), three) == .nothing)
        #expect(history.died(at: .seconds(8), three) == .nothing)
        #expect(history.died(at: .seconds(16), three) == .nothing)
        #expect(history.died(at: .seconds(18), three) == .pause(retry: 1))
    }
}

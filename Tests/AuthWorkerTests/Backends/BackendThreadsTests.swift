import Dispatch
import Testing

@testable import AuthWorker

@Suite("A back-end's threads", .timeLimit(.minutes(1)))
struct BackendThreadsTests {
    @Test("keep nobody longer than the time-out, whatever the call that blocks them says of deadlines")
    func late() async {
        let threads = BackendThreads(1, limit: 2)
        let gate = DispatchSemaphore(value: 0)
        func ask() async -> BackendFailure? {
            do throws(BackendFailure) {
                // As getaddrinfo(3) waits for a name server that is silent.
                try await threads.run(within: .milliseconds(50)) { _ in gate.wait() }
                return nil
            } catch {
                return error
            }
        }
        #expect(await ask() == .late)
        // It holds its thread: what comes behind it waits no longer either, and is bounded.
        #expect(await ask() == .late)
        #expect(await ask()?.problem.contains("wait for it already") == true)
        gate.signal()
        // The second was never begun; both places are free again.
        while await ask()?.problem.contains("already") == true { await Task.yield() }
        for _ in 0..<4 { gate.signal() }
        threads.close()
    }
}

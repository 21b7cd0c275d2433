internal import RegistryToken
internal import Synchronization

/// A plugin that is a program: it is started once, reads a line for each question and writes a line for each answer.
///
/// - Concurrency: each process has one question at a time; up to `processes` of them run, started when they are needed.
/// - Faults: a process that ends, is late or talks nonsense is killed. One that had ended between two questions is replaced
///   at once; failures in a row make all wait longer and longer, up to 30 s, before another start.
final class PluginProcesses: PluginTransport {
    private struct State {
        var idle: [RunningCommand] = []
        var failures = 0
        var notBefore = ContinuousClock.now
        var isClosed = false
    }

    private let settings: CommandSettings
    private let threads: BackendThreads
    private let state = Mutex(State())

    init(_ settings: CommandSettings) {
        self.settings = settings
        threads = BackendThreads(settings.processes)
    }

    func ask(_ question: [UInt8]) async throws(BackendFailure) -> JSONValue {
        do throws(BackendFailure) {
            return try await threads.run(within: settings.time) { [self] deadline throws(BackendFailure) in
                try exchange(question, until: deadline)
            }
        } catch {
            throw BackendFailure(problem: "\(settings.path): \(error.problem)", isOutage: error.isOutage)
        }
    }

    private func exchange(
        _ question: [UInt8], until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> JSONValue {
        while let process = takeIdle() {
            do throws(BackendFailure) {
                return try exchange(question, with: process, until: deadline)
            } catch {
                // It may have ended since the last question: another one is asked, or started.
                guard error.isOutage, error != .late else { throw failed(error) }
            }
        }
        let now = ContinuousClock.now
        guard state.withLock({ $0.notBefore <= now && !$0.isClosed }) else {
            throw BackendFailure(problem: "it failed a moment ago, and is started again soon", isOutage: true)
        }
        do throws(BackendFailure) {
            return try exchange(question, with: try RunningCommand(settings), until: deadline)
        } catch {
            throw failed(error)
        }
    }

    private func exchange(
        _ question: [UInt8], with process: RunningCommand, until deadline: ContinuousClock.Instant
    ) throws(BackendFailure) -> JSONValue {
        let answer = try Self.object(try process.exchange(question, until: deadline))
        // What it says unasked would answer somebody else's question.
        guard process.said.isEmpty else {
            throw BackendFailure(problem: "it writes more than one line for a question", isOutage: false)
        }
        keep(process)
        return answer
    }

    private func takeIdle() -> RunningCommand? { state.withLock { $0.idle.popLast() } }

    private func keep(_ process: RunningCommand) {
        state.withLock { state in
            state.failures = 0
            state.notBefore = .now
            if !state.isClosed { state.idle.append(process) }
        }
    }

    private func failed(_ failure: BackendFailure) -> BackendFailure {
        state.withLock { state in
            state.failures = min(state.failures + 1, 16)
            state.notBefore = .now + min(.milliseconds(50) * (1 << state.failures), .seconds(30))
        }
        return failure
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.idle = []
        }
        threads.close()
    }
}

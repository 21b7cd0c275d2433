import Logging
import Synchronization

/// Looks at what `health` names, each in its interval, and knows what has failed so often that the registry is ill.
/// - Source: distribution's `health` package: a check counts once it has failed `threshold` times in a row.
final class HealthMonitor: Sendable {
    /// One thing that is looked at.
    struct Check: Sendable {
        var subject: HealthSettings.Subject
        var interval: Duration
        var threshold: Int
        /// - Returns: what is wrong, as a sentence; nil when all is well.
        var look: @Sendable () async -> String?
    }

    private struct State {
        /// By the check's place: failures in a row, and the latest problem.
        var failures: [Int: (count: Int, problem: String)] = [:]
        var checks: [Check] = []
        var tasks: [Task<Void, Never>] = []
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(logger: Logger) {
        self.logger = logger
    }

    /// Takes up checks; those of before end.
    /// The bridge to the tasks: they end when new checks come, and at the latest with the process.
    func follow(_ checks: [Check]) {
        let tasks = checks.indices.map { index in Task { [self] in await repeatedly(checks[index], index) } }
        let old = state.withLock { state in
            defer { state = State(checks: checks, tasks: tasks) }
            return state.tasks
        }
        for task in old { task.cancel() }
    }

    /// Everything that is wrong, by what was looked at.
    var problems: [(subject: HealthSettings.Subject, problem: String)] {
        state.withLock { state in
            state.checks.indices.compactMap { index in
                guard let failure = state.failures[index], failure.count >= state.checks[index].threshold else {
                    return nil
                }
                return (state.checks[index].subject, failure.problem)
            }
        }
    }

    /// What stands in the way of every request: an administrator's own checks, not the storage's, without which pulls may go
    /// on.
    var refusal: String? {
        state.withLock { $0.failures.isEmpty } ? nil : problems.first { $0.subject != .storage }?.problem
    }

    /// What is wrong with the storage.
    var storageProblem: String? {
        state.withLock { $0.failures.isEmpty } ? nil : problems.first { $0.subject == .storage }?.problem
    }

    private func repeatedly(_ check: Check, _ index: Int) async {
        while !Task.isCancelled {
            await once(check, index)
            do { try await Task.sleep(for: check.interval) } catch { return }
        }
    }

    /// Looks once, and says in the log when the registry falls ill or is well again.
    func once(_ check: Check, _ index: Int) async {
        let problem = await check.look()
        let before = state.withLock { state in
            guard state.checks.indices.contains(index) else { return 0 }
            let before = state.failures[index]?.count ?? 0
            state.failures[index] = problem.map { (before + 1, $0) }
            return before
        }
        if let problem, before + 1 == check.threshold {
            logger.error("the registry is ill: \(problem)", metadata: ["event": "health_failed"])
        } else if problem == nil, before >= check.threshold {
            logger.info("the registry is well again", metadata: ["event": "health_restored"])
        }
    }
}

/// The failures of one watcher that still count.
package struct FailureHistory: Sendable, Equatable, Codable {
    /// What follows from a failure.
    package enum Verdict: Sendable, Equatable {
        case restart(after: Duration)
        case giveUp
    }

    /// Failures beyond these are forgotten, unless the policy's limit is higher: a service that fails a thousand times a
    /// second, and may, costs no memory.
    static let remembered = 100

    /// When the failures within the window happened, oldest first.
    private var times: [Duration] = []
    /// Failures in a row without settling; the step of the back-off.
    package private(set) var streak = 0
    private var lastDelay: Duration = .zero

    package init() {}

    /// How many failures lie within the window; no more than `remembered` or the policy's limit.
    package var count: Int { times.count }

    /// Notes a failure.
    /// - Parameter uptime: how long the process had been ready; nil when it never was.
    package mutating func note(at now: Duration, uptime: Duration?, policy: RestartPolicy) -> Verdict {
        let expired = times.firstIndex { now - $0 <= policy.window } ?? times.count
        let surplus = times.count + 1 - max(policy.limit ?? 0, Self.remembered)
        times.removeFirst(max(expired, surplus, 0))
        times.append(now)
        let hasSettled = uptime.map { $0 >= max(policy.settling, lastDelay) } ?? false
        streak = hasSettled ? 0 : streak + 1
        // A start that takes its whole start_timeout to fail never fills the window.
        if let limit = policy.limit, max(times.count, streak) >= limit { return .giveUp }
        if hasSettled {
            lastDelay = .zero
            return .restart(after: .zero)
        }
        lastDelay = policy.delay(afterFailures: streak)
        return .restart(after: lastDelay)
    }

    /// Forgets everything: an operator's start or restart is a new beginning.
    package mutating func clear() {
        self = FailureHistory()
    }
}

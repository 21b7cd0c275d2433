/// The deaths of one watcher, and what they ask for. No clock: each comes with its time.
/// - Source: circus's Flapping plugin, with its names and numbers.
struct FlappingHistory: Sendable, Equatable {
    struct Limits: Sendable, Equatable {
        /// Deaths within `window` that count as flapping.
        var attempts = 2
        var window: Duration = .seconds(1)
        /// How long a flapping watcher stays stopped.
        var retryIn: Duration = .seconds(7)
        /// Times it is started again; nil: no limit.
        var maxRetry: Int? = 5
        var isActive = true
    }

    enum Verdict: Sendable, Equatable {
        case nothing
        /// Stop it, start it after `retryIn`: the first, second, … time.
        case pause(retry: Int)
        case stopForGood
    }

    private var deaths: [Duration] = []
    private var retries = 0

    mutating func died(at now: Duration, _ limits: Limits) -> Verdict {
        guard limits.isActive else { return .nothing }
        deaths.append(now)
        if deaths.count > limits.attempts { deaths.removeFirst(deaths.count - limits.attempts) }
        guard deaths.count == limits.attempts, let first = deaths.first else { return .nothing }
        guard now - first <= limits.window else {
            // It has lived for long enough: what was before is forgotten.
            retries = 0
            return .nothing
        }
        deaths = []
        if let most = limits.maxRetry, retries >= most {
            retries = 0
            return .stopForGood
        }
        retries += 1
        return .pause(retry: retries)
    }
}

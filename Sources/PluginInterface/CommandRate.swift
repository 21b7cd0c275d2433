/// How many commands a plugin may give in a sliding window of time. Refused ones do not count.
struct CommandRate: Sendable, Equatable {
    private let limit: Int
    private let window: Duration
    private var times: [Duration] = []
    private var refused = 0

    init(limit: Int, window: Duration) {
        self.limit = limit
        self.window = window
    }

    /// Whether the last refusal was the first since a command was allowed.
    var isFirstRefusal: Bool { refused == 1 }

    mutating func allows(at now: Duration) -> Bool {
        times.removeAll { now - $0 >= window }
        guard times.count < limit else {
            refused += 1
            return false
        }
        times.append(now)
        refused = 0
        return true
    }

    /// How long until one more is allowed.
    func wait(at now: Duration) -> Duration {
        guard times.count >= limit, let first = times.first else { return .zero }
        return max(.zero, first + window - now)
    }
}

/// Counts failed attempts by key and says who has to wait: a pure value with no clock of its own.
///
/// - The first `free` failures cost nothing; each further one doubles the wait, from a second up to `longest`.
/// - Attempts that are under way count as well, so that many at once are not all let in before the first has failed.
/// - Bounded: `capacity` keys; the ones that wait least are forgotten first. A key without failures for `memory` is forgotten.
struct FailureTable<Key: Hashable & Sendable>: Sendable {
    struct Limits: Sendable {
        var free: Int
        /// How many attempts may be under way at once.
        var pending: Int
        var longest: Duration
        var memory: Duration = .seconds(900)
        var capacity = 10_000
    }

    private struct Entry {
        var failures = 0
        var pending = 0
        /// Nil without a failure too many: whoever looked at the clock before another entered here must not wait for him.
        var until: ContinuousClock.Instant?
        var last: ContinuousClock.Instant
    }

    private let limits: Limits
    private var entries: [Key: Entry] = [:]

    init(_ limits: Limits) {
        self.limits = limits
    }

    var count: Int { entries.count }

    /// How long the key has to wait; nil when an attempt may be made now.
    func wait(of key: Key, at now: ContinuousClock.Instant) -> Duration? {
        guard let entry = entries[key], entry.last.duration(to: now) < limits.memory else { return nil }
        if let until = entry.until, until > now { return now.duration(to: until) }
        let mayPend = entry.failures > limits.free ? 1 : limits.pending
        return entry.pending >= mayPend ? .seconds(1) : nil
    }

    /// Notes that an attempt begins. To be followed by one `end`.
    mutating func begin(_ key: Key, at now: ContinuousClock.Instant) {
        if entries[key] == nil, entries.count >= limits.capacity { makeRoom(at: now) }
        var entry = entries[key] ?? Entry(last: now)
        if entry.pending == 0, entry.last.duration(to: now) >= limits.memory { entry.failures = 0 }
        entry.pending += 1
        entry.last = now
        entries[key] = entry
    }

    /// - Parameter isFailure: nil for an attempt that says nothing about who made it.
    /// - Parameter forgives: whether a success forgets the failures before it.
    mutating func end(_ key: Key, isFailure: Bool?, forgives: Bool, at now: ContinuousClock.Instant) {
        guard var entry = entries[key] else { return }
        entry.pending = max(0, entry.pending - 1)
        switch isFailure {
        case true:
            entry.failures += 1
            entry.last = now
            if entry.failures > limits.free { entry.until = now + delay(after: entry.failures) }
        case false:
            if forgives { entry.failures = 0 }
        case nil: break
        }
        entries[key] = entry.pending == 0 && entry.failures == 0 ? nil : entry
    }

    private func delay(after failures: Int) -> Duration {
        let doublings = min(failures - limits.free - 1, 20)
        return min(.seconds(1 << doublings), limits.longest)
    }

    /// Forgets what is idle; when that is not enough, a quarter of the keys, those first that wait least.
    private mutating func makeRoom(at now: ContinuousClock.Instant) {
        entries = entries.filter { $0.value.pending > 0 || $0.value.last.duration(to: now) < limits.memory }
        guard entries.count >= limits.capacity else { return }
        let order = entries.filter { $0.value.pending == 0 }.sorted {
            ($0.value.until ?? $0.value.last) < ($1.value.until ?? $1.value.last)
        }
        for (key, _) in order.prefix(max(1, limits.capacity / 4)) { entries[key] = nil }
    }
}

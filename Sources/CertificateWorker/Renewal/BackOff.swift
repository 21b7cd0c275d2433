/// How long to wait after something failed: a minute, doubled with each failure in a row, up to six hours.
struct BackOff: Sendable, Equatable {
    static let first = 60
    static let longest = 6 * 3_600
    /// What a limit of the authority costs at least.
    static let rateLimited = 3_600

    private(set) var failures = 0

    /// - Parameters:
    ///   - failure: why; its Retry-After is never undercut.
    ///   - chance: 0 to 1; up to a fifth is added, so that those that fail together do not come back together.
    /// - Returns: seconds.
    mutating func next(after failure: ACMEFailure, chance: Double) -> Int {
        // 2^16 minutes are past the limit.
        var wait = min(Self.first << min(failures, 16), Self.longest)
        failures += 1
        if failure.isRateLimit, failure.retryAfter == nil { wait = max(wait, Self.rateLimited) }
        wait = max(wait, failure.retryAfter ?? 0)
        return wait + Int(Double(wait) * 0.2 * min(max(chance, 0), 1))
    }

    mutating func reset() { failures = 0 }
}

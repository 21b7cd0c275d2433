/// How long to wait before something that failed is tried again.
struct RetryPolicy: Sendable, Equatable {
    /// So many failures in a row are taken for a hiccup.
    var threshold = 10
    /// The wait after the threshold; it doubles with each failure that follows.
    var backoff: Duration = .seconds(1)
    /// No wait is longer.
    var ceiling: Duration = .seconds(300)
    /// The wait of a hiccup.
    static let hiccup: Duration = .milliseconds(100)

    /// - Parameters:
    ///   - failures: in a row, from 1.
    ///   - chance: from 0 to 1; spreads those that fail together over 80 to 120 per cent of the time.
    func delay(after failures: Int, chance: Double) -> Duration {
        let percent = 80 + Int(40 * min(max(chance, 0), 1))
        guard failures >= threshold else { return min(Self.hiccup, backoff) * percent / 100 }
        // 2^30 of anything is past the ceiling, and the product stays within a Duration.
        let doublings = min(failures - threshold, 30)
        return min(backoff * (1 << doublings), max(ceiling, backoff)) * percent / 100
    }

    func delay(after failures: Int) -> Duration { delay(after: failures, chance: .random(in: 0...1)) }
}

/// How long somebody has to wait before the next attempt.
struct Delay: Error, Sendable, Equatable {
    var duration: Duration

    /// Whole seconds, from 1: for Retry-After.
    var seconds: Int64 { max(1, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)) }
}

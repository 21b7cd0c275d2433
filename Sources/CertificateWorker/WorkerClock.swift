import TextFormats

/// The time, for what has to wait. Tests give their own.
protocol WorkerClock: Sendable {
    /// Seconds since 1970.
    var now: Int { get }

    /// - Throws: `CancellationError` alone.
    func sleep(for time: Duration) async throws
}

/// The machine's.
struct SystemClock: WorkerClock {
    var now: Int { UTCTime.now().seconds }

    func sleep(for time: Duration) async throws { try await Task.sleep(for: time) }
}

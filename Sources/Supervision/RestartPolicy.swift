/// When a process that ended is started again, and when no more.
/// - A process past its settling time starts again at once; one that keeps failing waits longer each time.
package struct RestartPolicy: Sendable, Equatable, Hashable, Codable {
    /// Which ends are followed by another start.
    package enum Respawn: String, Sendable, Equatable, Hashable, CaseIterable, Codable {
        case always
        /// Only ends that are not expected: another exit code, or a signal.
        case onFailure = "on-failure"
        case never
    }

    /// The first delay, doubled (`factor`) with each further failure up to `cap`.
    package var initial: Duration
    package var factor: Int
    package var cap: Duration
    /// Uptime after which a failure counts as the first again. A longer delay before it asks for as much uptime.
    package var settling: Duration
    /// Failures within `window`, or in a row without settling, that end in `failed`; nil: never.
    package var limit: Int?
    package var window: Duration
    package var respawn: Respawn
    /// Exit codes that are no failure: they end a oneshot well, and a service with `respawn: on-failure` for good.
    package var expected: Set<Int32>
    /// Up to this share of a delay is added to it, 0…1.
    package var jitter: Double
    /// Exit codes that no restart would change (78: the configuration was refused).
    package var hopeless: Set<Int32>

    package init(
        initial: Duration = .milliseconds(500), factor: Int = 2, cap: Duration = .seconds(30),
        settling: Duration = .seconds(1), limit: Int? = 5, window: Duration = .seconds(60),
        respawn: Respawn = .always, expected: Set<Int32> = [0], jitter: Double = 0.1, hopeless: Set<Int32> = [78]
    ) {
        self.initial = initial
        self.factor = factor
        self.cap = cap
        self.settling = settling
        self.limit = limit
        self.window = window
        self.respawn = respawn
        self.expected = expected
        self.jitter = jitter
        self.hopeless = hopeless
    }

    /// Whether a process may end like this by itself.
    package func expects(_ end: ProcessEnd) -> Bool {
        if case .code(let code) = end { expected.contains(code) } else { false }
    }

    /// The delay before the restart that follows `failures` failures in a row, none of which came after settling.
    /// 1 → initial, 2 → initial × factor, … ≤ cap.
    package func delay(afterFailures failures: Int) -> Duration {
        var delay = min(initial, cap)
        var left = failures - 1
        while left > 0, delay > .zero, delay < cap {
            delay = min(delay * factor, cap)
            left -= 1
        }
        return delay
    }

    /// The pause after an end that is no failure: none once the process has settled, otherwise as after a first failure.
    /// - 100 ms at least where it ends sooner than that: one that does nothing must not spin.
    package func pause(afterUptime uptime: Duration) -> Duration {
        uptime >= max(settling, WatcherMachine.startPause)
            ? .zero : max(delay(afterFailures: 1), WatcherMachine.startPause)
    }

    /// A delay lengthened by up to `jitter` of it, so that services that fell together do not rise together.
    /// - Parameter draw: 0…1, drawn by the caller.
    package func jittered(_ delay: Duration, _ draw: Double) -> Duration {
        delay + delay * (jitter * min(max(draw, 0), 1))
    }
}

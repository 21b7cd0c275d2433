import BundleConfig
import NIOCore

/// Whether a client that is waited for moves as much as it must: `limits.progress` bytes in each `progress_interval`.
///
/// Pure. A window begins whenever the client begins to be what a request waits for, so that a slow upstream is never the
/// client's fault.
struct ClientPace: Sendable {
    enum Verdict: Equatable {
        case tooSlow
        /// Enough has moved, or the window is not over: look again then.
        case goesOn(until: NIODeadline)
    }

    private let least: Int
    private let interval: TimeAmount
    private var began: NIODeadline
    private var bytes: Int

    init(_ limits: ProxyLimits, now: NIODeadline = .now()) {
        least = limits.progress.bytes
        interval = TimeAmount(limits.progressInterval)
        began = now
        bytes = 0
    }

    /// The client is waited for from now on.
    mutating func begin(bytes: Int, now: NIODeadline = .now()) {
        began = now
        self.bytes = bytes
    }

    /// - Parameter bytes: all that have moved so far.
    mutating func check(bytes: Int, now: NIODeadline = .now()) -> Verdict {
        guard now - began >= interval else { return .goesOn(until: began + interval) }
        if bytes - self.bytes < least { return .tooSlow }
        begin(bytes: bytes, now: now)
        return .goesOn(until: now + interval)
    }
}

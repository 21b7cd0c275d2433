import CSystemd
import Glibc

/// Tells the supervisor (or systemd) what state this process is in. Does nothing when nobody asked for it.
/// - Source: sd_notify(3).
package struct ServiceNotifier: Sendable {
    package func ready() { send("READY=1") }
    package func stopping() { send("STOPPING=1") }
    package func status(_ text: String) { send("STATUS=\(text.replacingNewlines)") }
    package func watchdog() { send("WATCHDOG=1") }

    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1_000)")
    }

    /// How often the watchdog must hear from us; nil when it does not listen.
    /// - Source: sd_watchdog_enabled(3).
    package var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    private func send(_ state: String) {
        sd_notify(0, state)
    }
}

extension String {
    /// The text on one line: a newline would begin another assignment of the notify protocol.
    fileprivate var replacingNewlines: String { split(separator: "\n").joined(separator: " ") }
}

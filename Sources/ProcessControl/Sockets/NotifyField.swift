internal import Glibc

/// One assignment of a notification. Source: sd_notify(3).
package enum NotifyField: Sendable, Equatable {
    case ready
    case reloading
    case stopping
    case status(String)
    case watchdog
    /// WATCHDOG=trigger: the service itself says that it is stuck.
    case watchdogTrigger
    case mainProcess(ProcessID)
    case extendTimeout(Duration)
    /// An assignment that means nothing to us.
    case other(String)

    static func parse(_ text: String) -> [NotifyField] {
        text.split(separator: "\n").map { line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1]) : ""
            return switch (parts[0], value) {
            case ("READY", "1"): .ready
            case ("RELOADING", "1"): .reloading
            case ("STOPPING", "1"): .stopping
            case ("STATUS", _): .status(value)
            case ("WATCHDOG", "1"): .watchdog
            case ("WATCHDOG", "trigger"): .watchdogTrigger
            case ("MAINPID", _): ProcessID(value).map { .mainProcess($0) } ?? .other(String(line))
            case ("EXTEND_TIMEOUT_USEC", _):
                Int64(value).map { .extendTimeout(.microseconds($0)) } ?? .other(String(line))
            default: .other(String(line))
            }
        }
    }
}

internal import Glibc
internal import Supervision

/// When a file is rotated by the clock on the wall. A pure value but for the time zone: it is told what time it is.
/// - A clock that is set back neither rotates a file twice at one boundary nor makes it wait for longer than an interval
///   of the new time.
struct RotationSchedule {
    let interval: LogRotation.Interval
    /// Seconds since the epoch.
    private(set) var due: Int
    /// The boundary of the last rotation.
    private var last: Int?

    /// - Parameter begun: when the file was written to last, or now for a new one.
    init(_ interval: LogRotation.Interval, begun: Int) {
        self.interval = interval
        due = Self.boundary(after: begun, interval)
    }

    /// Looks at the clock.
    /// - Returns: whether the file is to be rotated; the next time is set then.
    mutating func look(at now: Int) -> Bool {
        if now >= due {
            last = Self.boundary(upTo: now, interval)
            due = Self.boundary(after: now, interval)
            return true
        }
        let next = Self.boundary(after: now, interval)
        if next < due && next != last { due = next }
        return false
    }

    /// The file was rotated for another reason, or is new.
    mutating func begin(at now: Int) {
        let next = Self.boundary(after: now, interval)
        due = next == last ? Self.boundary(after: next, interval) : next
    }

    // MARK: Boundaries

    private static func boundary(upTo now: Int, _ interval: LogRotation.Interval) -> Int {
        switch interval {
        case .seconds(let length): now - now % max(1, length)
        case .midnight: midnight(of: now, plus: 0)
        case .weekday(let day): midnight(of: now, plus: -daysSince(day, now))
        }
    }

    private static func boundary(after now: Int, _ interval: LogRotation.Interval) -> Int {
        switch interval {
        case .seconds(let length): now - now % max(1, length) + max(1, length)
        case .midnight: max(now + 1, midnight(of: now, plus: 1))
        case .weekday(let day): max(now + 1, midnight(of: now, plus: 7 - daysSince(day, now)))
        }
    }

    /// Days since the last such day, 0 on the day itself. 0 is Monday.
    private static func daysSince(_ day: Int, _ now: Int) -> Int {
        let today = (Int(parts(now).tm_wday) + 6) % 7
        return ((today - day) % 7 + 7) % 7
    }

    /// Local midnight of the day, some days on: mktime(3) knows of summer time and of the lengths of months.
    private static func midnight(of now: Int, plus days: Int) -> Int {
        var parts = parts(now)
        (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (0, 0, 0, -1)
        parts.tm_mday += CInt(days)
        return Int(mktime(&parts))
    }

    private static func parts(_ now: Int) -> tm {
        var (seconds, parts) = (time_t(now), tm())
        localtime_r(&seconds, &parts)
        return parts
    }
}

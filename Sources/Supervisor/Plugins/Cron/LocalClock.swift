internal import Glibc

/// The machine's wall clock and time zone.
enum LocalClock {
    /// Seconds since the epoch.
    static var now: Int64 { Int64(time(nil)) }

    /// Seconds that local time is ahead of UTC at that moment.
    static func offset(at seconds: Int64) -> Int64 {
        var moment = time_t(seconds)
        var parts = tm()
        guard localtime_r(&moment, &parts) != nil else { return 0 }
        return Int64(parts.tm_gmtoff)
    }

    /// "2026-11-24 04:30", for the log.
    static func text(_ seconds: Int64) -> String {
        let local = CivilTime(seconds: seconds + offset(at: seconds))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(local.year)-\(two(local.month))-\(two(local.day)) \(two(local.hour)):\(two(local.minute))"
    }

    /// Reads the zone anew, which may have changed since the start.
    static func refreshZone() { tzset() }
}

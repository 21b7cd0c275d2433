internal import Glibc

/// A moment as seconds since 1970 in UTC, and its written forms.
package struct UTCTime: Sendable, Equatable {
    package var seconds: Int
    /// 0 ..< 1,000,000,000
    package var nanoseconds: Int

    package init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// - Parameter sinceEpoch: nanoseconds.
    package init(sinceEpoch nanoseconds: Int64) {
        let (seconds, rest) = Int(nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(seconds: rest < 0 ? seconds - 1 : seconds, nanoseconds: rest < 0 ? rest + 1_000_000_000 : rest)
    }

    package static func now() -> UTCTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTime(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    /// Nanoseconds since the epoch.
    package var sinceEpoch: Int64 { Int64(seconds) * 1_000_000_000 + Int64(nanoseconds) }

    /// `2026-11-24`
    package var day: String {
        let parts = parts
        return "\(Self.digits(parts.tm_year + 1900, 4))-\(Self.digits(parts.tm_mon + 1))-\(Self.digits(parts.tm_mday))"
    }

    /// `2026-11-24T16:33:01Z`. Source: RFC 3339, section 5.6.
    package var rfc3339: String { day + "T" + clock(parts) + "Z" }

    /// `2026-11-24T16:33:01.123456Z`. Source: RFC 3339, section 5.6.
    package var rfc3339Microseconds: String {
        day + "T" + clock(parts) + "." + Self.digits(CInt(nanoseconds / 1_000), 6) + "Z"
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7 (IMF-fixdate).
    package var httpDate: String {
        let parts = parts
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[Int(parts.tm_wday)]), \(Self.digits(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(Self.digits(parts.tm_year + 1900, 4)) \(clock(parts)) GMT"
    }

    private var parts: tm {
        var (seconds, parts) = (time_t(seconds), tm())
        gmtime_r(&seconds, &parts)
        return parts
    }

    private func clock(_ parts: tm) -> String {
        "\(Self.digits(parts.tm_hour)):\(Self.digits(parts.tm_min)):\(Self.digits(parts.tm_sec))"
    }

    private static func digits(_ number: CInt, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

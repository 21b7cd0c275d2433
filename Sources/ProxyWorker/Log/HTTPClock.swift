import Glibc

/// The time of day as log lines and Date fields have it. Formats once a second, so that asking is cheap.
struct HTTPClock {
    private var second = time_t(-1)
    private var date = ""
    private var stamp = ""

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    mutating func httpDate() -> String {
        refresh(Self.now().tv_sec)
        return date
    }

    /// RFC 3339 in UTC with microseconds.
    mutating func timestamp() -> String {
        let now = Self.now()
        refresh(now.tv_sec)
        return stamp + Self.digits(now.tv_nsec / 1_000, 6) + "Z"
    }

    private mutating func refresh(_ now: time_t) {
        guard now != second else { return }
        second = now
        date = Self.httpDate(now)
        var seconds = now
        var parts = tm()
        gmtime_r(&seconds, &parts)
        stamp =
            "\(Self.digits(Int(parts.tm_year) + 1900, 4))-\(Self.digits(Int(parts.tm_mon) + 1, 2))-"
            + "\(Self.digits(Int(parts.tm_mday), 2))T\(Self.time(parts))."
    }

    /// - Source: RFC 9110, section 5.6.7.
    static func httpDate(_ seconds: Int) -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[Int(parts.tm_wday)]), \(digits(Int(parts.tm_mday), 2)) \(months[Int(parts.tm_mon)]) "
            + "\(digits(Int(parts.tm_year) + 1900, 4)) \(time(parts)) GMT"
    }

    private static func time(_ parts: tm) -> String {
        "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func now() -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }
}

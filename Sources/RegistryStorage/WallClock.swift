import Glibc

/// The time of day and its written form.
enum WallClock {
    /// Seconds since the epoch.
    static func now() -> Int { Glibc.time(nil) }

    /// RFC 3339 in UTC: `2026-11-24T16:33:01Z`.
    static func text(_ seconds: Int) -> String {
        var seconds: time_t = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
            + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    /// Reads RFC 3339, with or without a fraction, in any zone.
    /// - Returns: nil when the text is none.
    static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20 else { return nil }
        func number(_ range: Range<Int>) -> CInt? { CInt(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var zone = bytes[19...]
        if zone.first == UInt8(ascii: ".") { zone = zone.dropFirst().drop { (48...57).contains($0) } }
        var offset = 0
        if zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-") {
            let start = zone.startIndex
            guard zone.count >= 6, let hours = number(start + 1..<start + 3),
                let minutes = number(start + 4..<start + 6)
            else { return nil }
            offset = (Int(hours) * 60 + Int(minutes)) * 60 * (zone.first == UInt8(ascii: "-") ? -1 : 1)
        } else if zone.first != UInt8(ascii: "Z") {
            return nil
        }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        parts.tm_hour = hour
        parts.tm_min = minute
        parts.tm_sec = second
        return timegm(&parts) - offset
    }
}

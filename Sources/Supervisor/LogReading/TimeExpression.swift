internal import Glibc
internal import TextFormats

/// A time as people give it: `10m` and `1h30m` ago, `2026-11-24 16:00` and `16:00` of the local clock, RFC 3339.
enum TimeExpression {
    static let forms = "give 10m, 2h, 3d, \"2026-11-24 16:00\", 16:00, today, or RFC 3339 (2026-11-24T16:00:00Z)"

    /// - Parameter now: seconds since the epoch.
    /// - Returns: nanoseconds since the epoch, nil for what is no time.
    static func parse(_ text: String, now: Int = time(nil)) -> Int64? {
        if let time = UTCTime(rfc3339: text) { return time.sinceEpoch }
        if let span = seconds(text) { return nanoseconds(now - span) }
        return local(text, now: now).map(nanoseconds)
    }

    private static func nanoseconds(_ seconds: Int) -> Int64 { Int64(clamping: seconds) * 1_000_000_000 }

    /// `1h30m`: numbers, each with its unit.
    private static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800]
        var (sum, number, isOpen) = (0, 0, false)
        guard !text.isEmpty else { return nil }
        for character in text {
            if let digit = character.wholeNumberValue, number < 1_000_000 {
                number = number * 10 + digit
                isOpen = true
            } else if isOpen, let unit = units[character] {
                sum += number * unit
                (number, isOpen) = (0, false)
            } else {
                return nil
            }
        }
        return isOpen ? nil : sum
    }

    private static func local(_ text: String, now: Int) -> Int? {
        var (seconds, parts) = (time_t(now), tm())
        localtime_r(&seconds, &parts)
        (parts.tm_sec, parts.tm_isdst) = (0, -1)
        if text == "now" { return now }
        if text == "today" || text == "yesterday" {
            (parts.tm_hour, parts.tm_min) = (0, 0)
            parts.tm_mday -= text == "today" ? 0 : 1
            return mktime(&parts)
        }
        var words = text.split { $0 == " " || $0 == "T" }
        guard (1...2).contains(words.count) else { return nil }
        (parts.tm_hour, parts.tm_min) = (0, 0)
        if let date = numbers(words[0], "-"), date.count == 3 {
            guard (1970...9999).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]) else {
                return nil
            }
            (parts.tm_year, parts.tm_mon, parts.tm_mday) = (CInt(date[0] - 1900), CInt(date[1] - 1), CInt(date[2]))
            words.removeFirst()
        }
        if let clock = words.first {
            guard words.count == 1, let time = numbers(clock, ":"), (2...3).contains(time.count), time[0] < 24,
                time[1] < 60, time.count == 2 || time[2] <= 60
            else { return nil }
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (
                CInt(time[0]), CInt(time[1]), CInt(time.count == 3 ? time[2] : 0)
            )
        }
        return mktime(&parts)
    }

    private static func numbers(_ text: Substring, _ separator: Character) -> [Int]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
        return numbers.count == parts.count ? numbers : nil
    }
}

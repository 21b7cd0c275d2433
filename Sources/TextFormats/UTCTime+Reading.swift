internal import Glibc

extension UTCTime {
    /// Reads `2026-11-24T16:33:01.123456Z` or with an offset, `+01:00`. What follows is not looked at.
    /// - Source: RFC 3339, section 5.6; a blank may stand for the T.
    package init?(rfc3339 text: String) {
        var text = text
        guard let time = text.withUTF8({ UTCTime(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }

    /// As above, from the beginning of bytes.
    package init?(rfc3339 text: UnsafeRawBufferPointer) {
        var scanner = TimeScanner(rest: text[...])
        guard let time = scanner.clockTime(), let offset = scanner.offset() else { return nil }
        self.init(seconds: time.seconds - offset, nanoseconds: time.nanoseconds)
    }

    /// The time that a line of text begins with, as programs write it: `2026-11-24 16:33:01,123`, `[2026/11/24 16:33:01]`.
    /// Without an offset it is local time.
    package init?(beginningOf line: UnsafeRawBufferPointer) {
        var scanner = TimeScanner(rest: line[...])
        _ = scanner.skip("[")
        guard let time = scanner.clockTime() else { return nil }
        self.init(
            seconds: time.seconds - (scanner.offset() ?? Self.localOffset(time.seconds)), nanoseconds: time.nanoseconds)
    }

    /// Seconds that local clocks are ahead of UTC at about a moment.
    private static func localOffset(_ seconds: Int) -> Int {
        var (seconds, parts) = (time_t(seconds), tm())
        localtime_r(&seconds, &parts)
        return parts.tm_gmtoff
    }

    /// Days since 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    fileprivate static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let ofEra = year - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }
}

/// Takes a written time apart.
private struct TimeScanner {
    var rest: Slice<UnsafeRawBufferPointer>

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (0x30...0x39).contains(byte) else { return nil }
        rest = rest.dropFirst()
        return Int(byte) - 0x30
    }

    mutating func number(_ digits: Int) -> Int? {
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Date and clock, as if they were of UTC.
    mutating func clockTime() -> UTCTime? {
        guard let year = number(4), skip("-") || skip("/"), let month = number(2), skip("-") || skip("/"),
            let day = number(2), skip("T") || skip("t") || skip(" "),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"),
            let second = number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        return UTCTime(
            seconds: UTCTime.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second,
            nanoseconds: fraction())
    }

    /// Nanoseconds.
    mutating func fraction() -> Int {
        guard skip(".") || skip(",") else { return 0 }
        var (fraction, unit) = (0, 100_000_000)
        while let digit = digit() {
            fraction += digit * unit
            unit /= 10
        }
        return fraction
    }

    /// Seconds east of Greenwich.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = skip(":")
        guard let minutes = number(2) else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

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
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2), scanner.skip(":"),
            let second = scanner.number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let fraction = scanner.fraction()
        guard let offset = scanner.offset() else { return nil }
        self.init(
            seconds: Self.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: fraction)
    }

    /// Days since 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
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

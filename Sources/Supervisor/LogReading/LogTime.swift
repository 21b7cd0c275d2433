internal import CLinux

/// When a line was written, in nanoseconds since the epoch.
enum LogTime {
    /// What a line says of its own time: `"time"` of a JSON line, or `time="…"` as logfmt begins; nil for other text.
    static func of(_ line: UnsafeRawBufferPointer) -> Int64? {
        guard let first = line.first, let base = line.baseAddress else { return nil }
        if first == UInt8(ascii: "{") {
            // Our own lines begin with it; others have it anywhere.
            if starts(line, with: jsonStart) { return parse(line[jsonStart.count...]) }
            let found = jsonKey.withUnsafeBytes { key -> Int in
                guard let text = key.baseAddress else { return -1 }
                return clinux_find(base, line.count, text, key.count)
            }
            return found < 0 ? nil : parse(line[(found + jsonKey.count)...])
        }
        if first == UInt8(ascii: "t"), starts(line, with: logfmt) { return parse(line[logfmt.count...]) }
        return nil
    }

    private static let jsonStart = Array("{\"time\":\"".utf8)
    private static let jsonKey = Array("\"time\":\"".utf8)
    private static let logfmt = Array("time=\"".utf8)

    private static func starts(_ line: UnsafeRawBufferPointer, with text: [UInt8]) -> Bool {
        line.count > text.count && line[..<text.count].elementsEqual(text)
    }

    /// Reads `2026-11-24T16:33:01.123456Z` or with an offset, `+01:00`. What follows is not looked at.
    /// - Source: RFC 3339, section 5.6; a blank may stand for the T.
    static func parse<Text: Collection<UInt8>>(_ text: Text) -> Int64? {
        var scanner = Scanner<Text>(rest: text[text.startIndex...])
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2), scanner.skip(":"),
            let second = scanner.number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        let fraction = scanner.fraction()
        guard let offset = scanner.offset() else { return nil }
        let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        return Int64(seconds) * 1_000_000_000 + Int64(fraction)
    }

    /// Days since 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let ofEra = year - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private struct Scanner<Text: Collection<UInt8>> {
        var rest: Text.SubSequence

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
}

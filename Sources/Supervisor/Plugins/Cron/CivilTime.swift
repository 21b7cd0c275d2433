/// A point of local time as a calendar and a clock on the wall show it, without a zone.
struct CivilTime: Sendable, Equatable {
    var year: Int
    /// 1…12
    var month: Int
    /// 1…31
    var day: Int
    var hour = 0
    var minute = 0
    var second = 0

    /// Sunday is 0.
    var weekday: Int { Self.modulo(days + 4, 7) }

    /// Days since 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    var days: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Seconds since 1970-01-01 00:00 of the same wall.
    var seconds: Int64 { Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second) }

    init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// - Parameter seconds: since 1970-01-01 00:00 of the same wall.
    init(seconds: Int64) {
        let time = Self.modulo(Int(seconds), 86_400)
        self.init(days: (Int(seconds) - time) / 86_400)
        hour = time / 3_600
        minute = time / 60 % 60
        second = time % 60
    }

    /// Midnight of a day. Source: as above, civil_from_days.
    init(days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let position = (5 * dayOfYear + 2) / 153
        let month = position < 10 ? position + 3 : position - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * position + 2) / 5 + 1)
    }

    private static func modulo(_ number: Int, _ divisor: Int) -> Int {
        let rest = number % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// When something is due, as crontab(5) writes it: five fields, or `@daily` and its kin.
/// - Source: Debian's cron 3.0pl1: when both days are restricted (neither field begins with `*`), either is enough.
struct CronSchedule: Sendable, Equatable {
    let minute: CronField
    let hour: CronField
    let day: CronField
    let month: CronField
    let weekday: CronField
    /// `@reboot`: once, when the supervisor starts, and never after: with no reload and no upgrade, as cron(8) has it.
    let isAtStart: Bool

    private static let names = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *", "@reboot": "0 0 1 1 *",
    ]

    init(_ text: String) throws(CronFault) {
        let trimmed = text.split { $0 == " " || $0 == "\t" }
        var fields = trimmed
        isAtStart = text == "@reboot"
        if let first = trimmed.first, first.hasPrefix("@"), trimmed.count == 1 {
            guard let full = Self.names[first.lowercased()] else {
                throw CronFault(
                    "\(first) is no schedule", remedy: "Known are \(Self.names.keys.sorted().joined(separator: ", "))")
            }
            fields = full.split(separator: " ")
        }
        guard fields.count == 5 else {
            throw CronFault(
                "\"\(text)\" has \(fields.count) fields instead of 5",
                remedy: "Write minute, hour, day, month, day of the week: \"30 4 * * mon-fri\"")
        }
        minute = try CronField(fields[0], .minute)
        hour = try CronField(fields[1], .hour)
        day = try CronField(fields[2], .day)
        month = try CronField(fields[3], .month)
        weekday = try CronField(fields[4], .weekday)
        guard isEverDue else {
            throw CronFault("\"\(text)\" is never due: no such date exists", remedy: "Name a day that its months have")
        }
    }

    /// Whether it follows the wall clock through every change of it. Others are due at a time of day, and a clock that
    /// is put forward or back by daylight saving neither skips nor repeats them.
    var followsClock: Bool { minute.isWildcard || hour.isWildcard }

    func matches(_ date: CivilTime) -> Bool {
        guard month.matches(date.month) else { return false }
        let isDay = day.matches(date.day)
        let isWeekday = weekday.matches(date.weekday)
        return day.isWildcard || weekday.isWildcard ? isDay && isWeekday : isDay || isWeekday
    }

    /// 30 February is a date of the grammar only.
    private var isEverDue: Bool {
        if !day.isWildcard && !weekday.isWildcard { return true }
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains { number in
            month.matches(number) && (1...lengths[number - 1]).contains { day.matches($0) }
        }
    }
}

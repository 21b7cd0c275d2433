import Glibc
import Testing

@testable import Supervisor

@Suite("A cron schedule")
struct PluginCronTests {
    /// Seconds since the epoch of "2026-03-29 02:30" in UTC.
    private func utc(_ text: String) -> Int64 {
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        return CivilTime(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers.count > 5 ? numbers[5] : 0
        ).seconds
    }

    private func text(_ seconds: Int64?) -> String {
        guard let seconds else { return "never" }
        let time = CivilTime(seconds: seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(time.year)-\(two(time.month))-\(two(time.day)) \(two(time.hour)):\(two(time.minute))"
    }

    /// Central European time in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
    private func berlin(_ seconds: Int64) -> Int64 {
        let isSummer = seconds >= utc("2026-03-29 01:00") && seconds < utc("2026-10-25 01:00")
        return isSummer ? 7200 : 3600
    }

    @Test(
        "is next due when crontab(5) says",
        arguments: [
            ("* * * * *", "2026-11-24 19:56", "2026-11-24 19:57"),
            ("*/15 * * * *", "2026-11-24 19:56", "2026-11-24 20:00"),
            ("*/15 * * * *", "2026-12-31 23:45", "2027-01-01 00:00"),
            ("7-59/10 * * * *", "2026-11-24 19:57", "2026-11-24 20:07"),
            ("30 4 * * *", "2026-11-24 04:30", "2026-11-25 04:30"),
            ("30 4 * * *", "2026-11-24 04:29", "2026-11-24 04:30"),
            ("0 8-18/2 * * mon-fri", "2026-11-27 18:00", "2026-11-30 08:00"),
            ("0 0 * * 0", "2026-11-24 00:00", "2026-11-29 00:00"),
            ("0 0 * * 7", "2026-11-24 00:00", "2026-11-29 00:00"),
            ("0 0 * * 5-7", "2026-11-28 00:00", "2026-11-29 00:00"),
            ("0 0 * * Sun,wed", "2026-11-24 00:00", "2026-11-25 00:00"),
            ("0 0 1 JAN *", "2026-11-24 00:00", "2027-01-01 00:00"),
            ("0 0 31 * *", "2026-11-24 00:00", "2026-12-31 00:00"),
            ("0 0 29 2 *", "2026-11-24 00:00", "2028-02-29 00:00"),
            ("0 0 29 2 *", "2097-01-01 00:00", "2104-02-29 00:00"),
            // Both days restricted: either; one of them a wildcard: both.
            ("0 0 13 * 5", "2026-11-24 00:00", "2026-11-27 00:00"),
            ("0 0 13 * 5", "2026-12-11 00:00", "2026-12-13 00:00"),
            ("0 0 */2 * 2", "2026-11-24 00:00", "2026-12-01 00:00"),
            ("0 0 13 * *", "2026-11-24 00:00", "2026-12-13 00:00"),
            ("5,10,50-52 3 * * *", "2026-11-24 03:10", "2026-11-24 03:50"),
            ("@yearly", "2026-11-24 00:00", "2027-01-01 00:00"),
            ("@monthly", "2026-11-24 00:00", "2026-12-01 00:00"),
            ("@weekly", "2026-11-24 00:00", "2026-11-29 00:00"),
            ("@daily", "2026-11-24 00:00", "2026-11-25 00:00"),
            ("@midnight", "2026-11-24 23:59", "2026-11-25 00:00"),
            ("@hourly", "2026-11-24 23:59", "2026-11-25 00:00"),
        ])
    func table(schedule: String, after: String, next: String) throws {
        let schedule = try CronSchedule(schedule)
        #expect(text(schedule.next(after: utc(after)) { _ in 0 }) == next)
    }

    @Test("agrees with a search minute by minute", arguments: [Int64(0), 20_700, -12_600])
    func search(offset: Int64) throws {
        let texts = [
            "*/7 * * * *", "0 */5 * * *", "15 10 * * *", "0 0 1,15 * 3", "*/30 9-17 * 1-3 mon-fri", "59 23 31 12 *",
        ]
        for text in texts {
            let schedule = try CronSchedule(text)
            var time = utc("2026-12-30 22:14")
            for _ in 0..<8 {
                var expected = (time / 60 + 1) * 60
                while true {
                    let local = CivilTime(seconds: expected + offset)
                    if schedule.matches(local), schedule.hour.matches(local.hour), schedule.minute.matches(local.minute)
                    {
                        break
                    }
                    expected += 60
                }
                let found = try #require(schedule.next(after: time) { _ in offset })
                #expect(found == expected, "\(text)")
                time = found
            }
        }
    }

    @Test(
        "is refused with a reason",
        arguments: [
            ("", "\"\" has 0 fields instead of 5"), ("* * * *", "\"* * * *\" has 4 fields instead of 5"),
            ("60 * * * *", "\"60\" is no minute"), ("* 24 * * *", "\"24\" is no hour"),
            ("* * 0 * *", "\"0\" is no day of the month"), ("* * * 13 *", "\"13\" is no month"),
            ("* * * * 8", "\"8\" is no day of the week"), ("* * * foo *", "\"foo\" is no month"),
            ("5/10 * * * *", "5/10: a step needs a range before it"),
            ("*/0 * * * *", "*/0: the step is no number from 1 to 59"),
            ("9-5 * * * *", "9-5: the range runs backwards"), ("1,,2 * * * *", "\"\" is no minute"),
            ("-5 * * * *", "\"\" is no minute"), ("1- * * * *", "\"\" is no minute"),
            ("@dayly", "@dayly is no schedule"), ("0 0 30 2 *", "\"0 0 30 2 *\" is never due: no such date exists"),
            ("0 0 31 4,6 *", "\"0 0 31 4,6 *\" is never due: no such date exists"),
        ])
    func refused(schedule: String, problem: String) {
        do {
            _ = try CronSchedule(schedule)
            Issue.record("\(schedule) is accepted")
        } catch {
            #expect(error.problem == problem)
            #expect(!error.remedy.isEmpty)
        }
    }

    // Source: Debian's cron(8), NOTES.

    @Test("at a time that daylight saving skips is due at once after the jump")
    func skipped() throws {
        let schedule = try CronSchedule("30 2 * * *")
        let first = try #require(schedule.next(after: utc("2026-03-28 02:00"), offset: berlin))
        #expect(text(first) == "2026-03-29 01:00", "the jump from 02:00 to 03:00")
        #expect(text(schedule.next(after: first, offset: berlin)) == "2026-03-30 00:30")
    }

    @Test("at a time that daylight saving repeats is due once")
    func repeated() throws {
        let schedule = try CronSchedule("30 2 * * *")
        let first = try #require(schedule.next(after: utc("2026-10-24 12:00"), offset: berlin))
        #expect(text(first) == "2026-10-25 00:30")
        #expect(text(schedule.next(after: first, offset: berlin)) == "2026-10-26 01:30")
    }

    @Test("every so often follows the clock through both changes")
    func wildcards() throws {
        let half = try CronSchedule("*/30 * * * *")
        for change in ["2026-03-29 00:00", "2026-10-24 23:00"] {
            var time = utc(change)
            for _ in 0..<10 {
                let next = try #require(half.next(after: time, offset: berlin))
                #expect(next == time + 1800)
                time = next
            }
        }
        let second = try CronSchedule("10 2-3 * * *")
        #expect(text(second.next(after: utc("2026-03-29 00:59"), offset: berlin)) == "2026-03-29 01:00")
        // A wildcard in the minutes: what is skipped stays skipped, what is repeated runs again.
        let wild = try CronSchedule("*/20 2 * * *")
        #expect(text(wild.next(after: utc("2026-03-28 12:00"), offset: berlin)) == "2026-03-30 00:00")
        var due: [String] = []
        var time = utc("2026-10-24 12:00")
        for _ in 0..<6 {
            time = try #require(wild.next(after: time, offset: berlin))
            due.append(text(time))
        }
        #expect(
            due == [
                "2026-10-25 00:00", "2026-10-25 00:20", "2026-10-25 00:40", "2026-10-25 01:00", "2026-10-25 01:20",
                "2026-10-25 01:40",
            ])
    }

    @Test("knows the machine's time zone")
    func zone() {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        let local = CivilTime(seconds: Int64(now) + LocalClock.offset(at: Int64(now)))
        #expect(
            local.hour == Int(parts.tm_hour) && local.minute == Int(parts.tm_min) && local.day == Int(parts.tm_mday))
        #expect(local.weekday == Int(parts.tm_wday))
    }

    @Test("counts days as the calendar does")
    func calendar() {
        var day = CivilTime(year: 1970, month: 1, day: 1)
        #expect(day.days == 0 && day.weekday == 4)
        for days in 0..<60_000 {
            let here = CivilTime(days: days)
            #expect(here.days == days)
            if days > 0 {
                #expect(here.day == day.day + 1 || here.day == 1)
                #expect((here.weekday + 6) % 7 == day.weekday)
            }
            day = here
        }
        #expect(CivilTime(seconds: -1) == CivilTime(year: 1969, month: 12, day: 31, hour: 23, minute: 59, second: 59))
    }
}

// The next time something is due. Source: Debian's cron(8), "NOTES": what is due at a time of day runs at once when
// daylight saving skips that time, and once when it repeats it; what runs every so often follows the new time.

extension CronSchedule {
    /// How far to look: a 29 February that is a certain day of the week comes within 40 years.
    private static let horizon: Int64 = 41 * 366 * 86_400

    /// The first second after `time` at which it is due; nil: never.
    /// - Parameter offset: seconds that local time is ahead of UTC at a given second since the epoch.
    func next(after time: Int64, offset: (Int64) -> Int64) -> Int64? {
        followsClock ? nextOnClock(after: time, offset) : nextTimeOfDay(after: time, offset)
    }

    // MARK: Every so often

    /// Walks along real time, in steps as long as the calendar allows.
    private func nextOnClock(after time: Int64, _ offset: (Int64) -> Int64) -> Int64? {
        var now = (time / 60 + 1) * 60
        while now <= time + Self.horizon {
            let local = CivilTime(seconds: now + offset(now))
            if !matches(local) {
                now = start(of: 86_400, after: now, local, offset)
            } else if !hour.matches(local.hour) {
                now = start(of: 3_600, after: now, local, offset)
            } else if !minute.matches(local.minute) {
                now += 60
            } else {
                return now
            }
        }
        return nil
    }

    /// The first instant after `now` of the next local day or hour. A change of the clock in between may have it land
    /// past that, or short of it, which the next turn of the walk sees.
    private func start(
        of span: Int64, after now: Int64, _ local: CivilTime, _ offset: (Int64) -> Int64
    ) -> Int64 {
        let landed = now + span - local.seconds % span
        let there = landed + offset(landed)
        let into = there % span
        // Too far into it, and the same span began earlier: back to its first minute.
        if into > 0, landed - into > now, (landed - into + offset(landed - into)) / span == there / span {
            return landed - into
        }
        return landed
    }

    // MARK: At a time of day

    /// Walks along the calendar, and asks for each date and time when that is.
    private func nextTimeOfDay(after time: Int64, _ offset: (Int64) -> Int64) -> Int64? {
        let first = CivilTime(seconds: time + offset(time)).days - 1
        for days in first...(first + Int(Self.horizon / 86_400)) {
            let date = CivilTime(days: days)
            guard matches(date) else { continue }
            for hour in 0...23 where self.hour.matches(hour) {
                for minute in 0...59 where self.minute.matches(minute) {
                    let local = date.seconds + Int64(hour * 3_600 + minute * 60)
                    let due = Self.instant(of: local, offset)
                    if due > time { return due }
                }
            }
        }
        return nil
    }

    /// When local time first is `local`; where it never is, the moment that skips it.
    private static func instant(of local: Int64, _ offset: (Int64) -> Int64) -> Int64 {
        let before = offset(local - 86_400)
        let after = offset(local + 86_400)
        // The earlier of the two, where both are true: a repeated time counts once.
        for candidate in [local - max(before, after), local - min(before, after)]
        where candidate + offset(candidate) == local {
            return candidate
        }
        // Skipped: the clock jumps somewhere in between.
        var low = local - max(before, after) - 1
        var high = local - min(before, after) + 1
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if middle + offset(middle) < local { low = middle } else { high = middle }
        }
        return high
    }
}

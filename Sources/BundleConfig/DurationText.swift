/// Durations as people and Go write them: `1h30m`, `500ms`, `1.5s`, or plain seconds.
package enum DurationText {
    /// Nobody means more than thirty years, and microseconds of it still fit every counter.
    private static let longest: Duration = .seconds(1_000_000_000)

    /// - Returns: nil for anything that is not a duration, or a negative one, or one past thirty years.
    package static func parse(_ text: String) -> Duration? {
        guard let duration = read(text), duration <= longest else { return nil }
        return duration
    }

    private static func read(_ text: String) -> Duration? {
        if let seconds = Int(text), seconds >= 0 { return .seconds(seconds) }
        var rest = Substring(text)
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits), number < 1e9, let scale = units[String(unit)] else { return nil }
            total += number == number.rounded() ? scale * Int(number) : scale * number
        }
        return total
    }

    private static let units: [String: Duration] = [
        "ns": .nanoseconds(1), "us": .microseconds(1), "µs": .microseconds(1), "ms": .milliseconds(1),
        "s": .seconds(1), "m": .seconds(60), "h": .seconds(3_600), "d": .seconds(86_400),
    ]

    /// `1h30m`, `15m`, `90s`, `500ms`: what `parse` reads back, to the millisecond.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if milliseconds != 0 { return seconds == 0 ? "\(milliseconds)ms" : "\(seconds * 1_000 + milliseconds)ms" }
        if seconds == 0 { return "0s" }
        var text = ""
        if seconds >= 3_600 { text += "\(seconds / 3_600)h" }
        if seconds % 3_600 >= 60 { text += "\(seconds % 3_600 / 60)m" }
        if seconds % 60 != 0 { text += "\(seconds % 60)s" }
        return text
    }
}

/// One of a schedule's five fields: `*`, `5`, `1-5`, `*/15`, `8-18/2`, `mon,wed`, `1,15,20-25`.
struct CronField: Sendable, Equatable {
    /// Which values match, a bit each.
    var bits: UInt64
    /// Whether it begins with `*`, which is what cron(8) calls a wildcard.
    var isWildcard: Bool

    enum Kind: String {
        case minute, hour
        case day = "day of the month"
        case month
        case weekday = "day of the week"

        var range: ClosedRange<Int> {
            switch self {
            case .minute: 0...59
            case .hour: 0...23
            case .day: 1...31
            case .month: 1...12
            case .weekday: 0...7
            }
        }

        private static let months = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ]
        private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

        func number(_ word: Substring) -> Int? {
            if word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Int(word) }
            switch self {
            case .month: return Self.months.firstIndex(of: word.lowercased()).map { $0 + 1 }
            case .weekday: return Self.weekdays.firstIndex(of: word.lowercased())
            case .minute, .hour, .day: return nil
            }
        }
    }

    init(_ text: Substring, _ kind: Kind) throws(CronFault) {
        var bits: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) { bits |= try Self.bits(part, kind) }
        if kind == .weekday, bits & 1 << 7 != 0 { bits = (bits | 1) & ~(1 << 7) }
        self.bits = bits
        isWildcard = text.hasPrefix("*")
    }

    func matches(_ value: Int) -> Bool { bits & 1 << UInt64(value) != 0 }

    private static func bits(_ part: Substring, _ kind: Kind) throws(CronFault) -> UInt64 {
        let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let (first, last, isRange) = try bounds(halves[0], kind)
        var step = 1
        if halves.count == 2 {
            guard isRange else {
                throw CronFault(
                    "\(part): a step needs a range before it",
                    remedy: "Write \(first)-\(kind.range.upperBound)/\(halves[1])")
            }
            guard let number = Int(halves[1]), (1...kind.range.upperBound).contains(number) else {
                throw CronFault(
                    "\(part): the step is no number from 1 to \(kind.range.upperBound)",
                    remedy: "Write */5, for example")
            }
            step = number
        }
        var bits: UInt64 = 0
        for value in stride(from: first, through: last, by: step) { bits |= 1 << UInt64(value) }
        return bits
    }

    private static func bounds(_ text: Substring, _ kind: Kind) throws(CronFault) -> (Int, Int, isRange: Bool) {
        if text == "*" {
            let last = kind == .weekday ? 6 : kind.range.upperBound
            return (kind.range.lowerBound, last, true)
        }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try value(ends[0], kind)
        guard ends.count == 2 else { return (first, first, false) }
        let last = try value(ends[1], kind)
        guard first <= last else {
            throw CronFault("\(text): the range runs backwards", remedy: "Write \(last)-\(first), or two ranges")
        }
        return (first, last, true)
    }

    private static func value(_ word: Substring, _ kind: Kind) throws(CronFault) -> Int {
        guard !word.isEmpty, let number = kind.number(word), kind.range.contains(number) else {
            throw CronFault(
                "\"\(word)\" is no \(kind.rawValue)",
                remedy: "It is \(kind.range.lowerBound) to \(kind.range.upperBound)")
        }
        return number
    }
}

/// Why a schedule is refused.
struct CronFault: Error, Equatable {
    var problem: String
    var remedy: String

    init(_ problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }
}

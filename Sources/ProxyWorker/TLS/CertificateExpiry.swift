import TextFormats

/// What there is to say of certificates that end soon. Pure.
enum CertificateExpiry {
    static let day = 86_400
    /// From how many days before the end on it is told of.
    static let early = 30
    /// From how many on it is pressing.
    static let late = 7

    struct Warning: Equatable, Sendable {
        var name: String
        /// Whole days that are left; negative when it is over.
        var days: Int
        var sentence: String

        var isPressing: Bool { days < CertificateExpiry.late }
    }

    /// - Parameter now: seconds since 1970, as are the ends.
    static func warnings(_ ends: [(name: String, end: Int)], now: Int) -> [Warning] {
        ends.compactMap { name, end in
            let left = end - now
            guard left < early * day else { return nil }
            let date = UTCTime(seconds: end).day
            let days = left >= 0 ? left / day : -((day - 1 - left) / day)
            let sentence =
                left >= 0
                ? "the certificate of \(name) ends on \(date), in \(days) days: renew it"
                : "the certificate of \(name) ended on \(date): clients refuse it, renew it"
            return Warning(name: name, days: days, sentence: sentence)
        }
    }
}

import BundleConfig
import TextFormats

/// When the next certificate is ordered, and why. Pure.
enum RenewalPlan: Equatable {
    /// Now, because of that.
    case order(reason: String)
    /// At that moment, in seconds since 1970.
    case wait(until: Int)

    /// Renewed when two thirds of its life are over; up to a thirtieth of it earlier, so that many do not come together.
    /// - Parameters:
    ///   - present: what is there; nil when there is nothing that can be served.
    ///   - chance: 0 to 1, drawn once for a certificate.
    init(_ present: IssuedCertificate?, _ wanted: ACMEConfiguration, now: Int, chance: Double) {
        guard let present else {
            self = .order(reason: "there is none")
            return
        }
        if let reason = Self.change(present, wanted) {
            self = .order(reason: reason)
            return
        }
        let life = max(0, present.end - present.begin)
        let moment = present.begin + life * 2 / 3 - Int(Double(life / 30) * min(max(chance, 0), 1))
        if now >= moment {
            let day = UTCTime(seconds: present.end).day
            self = .order(
                reason: present.end > now ? "the present one ends on \(day)" : "the present one ended on \(day)")
        } else {
            self = .wait(until: moment)
        }
    }

    private static func change(_ present: IssuedCertificate, _ wanted: ACMEConfiguration) -> String? {
        if present.names != Set(wanted.domains) {
            return "the present one is for \(present.names.sorted().joined(separator: ", "))"
        }
        if present.directory != wanted.directory { return "the present one is not from \(wanted.directory)" }
        if present.keyType != wanted.keyType { return "the present one's key is not of the kind \(wanted.keyType)" }
        return nil
    }
}

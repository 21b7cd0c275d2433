/// Figures as tables have them.
enum Figures {
    /// "812 KB", "4.2 MB", "1.5 GB": powers of 1024, three digits at most.
    static func bytes(_ count: Int?) -> String {
        guard let count else { return "-" }
        var value = Double(count) / 1024
        for unit in ["KB", "MB", "GB", "TB"] {
            if value < 999.5 || unit == "TB" {
                return value < 9.95 && unit != "KB" ? "\(tenths(value)) \(unit)" : "\(Int(value.rounded())) \(unit)"
            }
            value /= 1024
        }
        return "\(count)"
    }

    static func percent(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        return value < 99.95 ? tenths(value) : "\(Int(value.rounded()))"
    }

    static func count(_ value: Int?) -> String { value.map { "\($0)" } ?? "-" }

    /// "42s", "4m", "3h12m", "2d4h": how long, in few columns.
    static func span(_ seconds: Int?) -> String {
        guard let seconds else { return "-" }
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600:
            return seconds % 60 == 0 || seconds >= 600 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
        case ..<86400: return seconds % 3600 < 60 ? "\(seconds / 3600)h" : "\(seconds / 3600)h\(seconds % 3600 / 60)m"
        default: return seconds % 86400 < 3600 ? "\(seconds / 86400)d" : "\(seconds / 86400)d\(seconds % 86400 / 3600)h"
        }
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}

/// Figures as sentences have them.
enum Words {
    /// "0.5 s", "60 s", "2 min 30 s", "3 h 12 min", "2 d 4 h".
    static func duration(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if seconds < 10 {
            let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
            if tenths == 0 && attoseconds > 0 { return "\(attoseconds / 1_000_000_000_000_000) ms" }
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        }
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<3600: return pair(seconds / 60, "min", seconds % 60, "s")
        case ..<86400: return pair(seconds / 3600, "h", seconds % 3600 / 60, "min")
        default: return pair(seconds / 86400, "d", seconds % 86400 / 3600, "h")
        }
    }

    private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ part: String) -> String {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(part)"
    }
}

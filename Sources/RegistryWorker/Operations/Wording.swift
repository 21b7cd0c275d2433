/// Numbers as a person reads them.
enum Wording {
    /// `84 MiB`, `1.5 GiB`, `312 bytes`
    static func size(_ bytes: Int) -> String {
        if bytes < 1_024 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
        var value = Double(bytes)
        var unit = ""
        for name in ["KiB", "MiB", "GiB", "TiB"] where value >= 1_024 || unit.isEmpty {
            value /= 1_024
            unit = name
        }
        return "\(short(value)) \(unit)"
    }

    /// `2.1 s`, `0.03 s`, `3 min 20 s`
    static func time(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        if seconds >= 120 { return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s" }
        return seconds < 0.1 ? "\((seconds * 1_000).rounded() / 1_000) s" : "\(short(seconds)) s"
    }

    /// `1 layer`, `3 layers`
    static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    private static func short(_ value: Double) -> String {
        value >= 10 ? String(Int(value.rounded())) : "\((value * 10).rounded() / 10)".replacingZero()
    }
}

extension String {
    /// `3.0` → `3`
    fileprivate func replacingZero() -> String { hasSuffix(".0") ? String(dropLast(2)) : self }
}

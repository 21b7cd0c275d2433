/// A number of bytes, written as `512`, `64k`, `64KiB`, `10MB` or `2GiB`.
///
/// A bare letter counts in powers of 1,024, as nginx and circus do; `kB`, `MB`, `GB` count in powers of 1,000 (SI).
package struct ByteSize: Sendable, Equatable, Comparable, CustomStringConvertible {
    package var bytes: Int

    package init(bytes: Int) {
        self.bytes = bytes
    }

    package init?(_ text: String) {
        let trimmed = text.filter { $0 != " " }.lowercased()
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let factor: Int
        switch trimmed.dropFirst(digits.count) {
        case "", "b": factor = 1
        case "k", "kib": factor = 1 << 10
        case "m", "mib": factor = 1 << 20
        case "g", "gib": factor = 1 << 30
        case "t", "tib": factor = 1 << 40
        case "kb": factor = 1_000
        case "mb": factor = 1_000_000
        case "gb": factor = 1_000_000_000
        case "tb": factor = 1_000_000_000_000
        default: return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.bytes = product
    }

    package static func < (lhs: ByteSize, rhs: ByteSize) -> Bool { lhs.bytes < rhs.bytes }

    /// In the largest binary unit that divides it, so that it reads back as the same size.
    package var description: String {
        let units = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        for (name, unit) in units where bytes >= unit && bytes % unit == 0 { return "\(bytes / unit)\(name)" }
        return "\(bytes)"
    }
}

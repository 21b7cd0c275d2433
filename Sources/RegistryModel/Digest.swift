/// The name of content by its hash: `sha256:` or `sha512:` and lower-case hexadecimal digits.
/// A value is valid by construction, so it can stand in a path of the disk.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    package let algorithm: DigestAlgorithm
    /// The lower-case hexadecimal value, of exactly the algorithm's length.
    package let hex: String

    /// - Returns: nil unless the text is exactly `<algorithm>:<hex>`, strictly.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 7 + 128, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        guard let algorithm = DigestAlgorithm(rawValue: String(text[..<colon])) else { return nil }
        self.init(algorithm: algorithm, hex: String(text[text.utf8.index(after: colon)...]))
    }

    /// - Returns: nil unless `hex` is lower-case hexadecimal of the right length.
    package init?(algorithm: DigestAlgorithm, hex: String) {
        guard hex.utf8.count == algorithm.byteCount * 2 else { return nil }
        guard hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        self.algorithm = algorithm
        self.hex = hex
    }

    /// A digest of a hash's value.
    /// - Returns: nil when the value has not the algorithm's length.
    package init?(algorithm: DigestAlgorithm, value: some Collection<UInt8>) {
        guard value.count == algorithm.byteCount else { return nil }
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        hex.reserveCapacity(value.count * 2)
        for byte in value {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        self.algorithm = algorithm
        self.hex = String(decoding: hex, as: UTF8.self)
    }

    package var description: String { "\(algorithm.rawValue):\(hex)" }

    /// `sha256:12ab34cd…`, for a person who reads a log.
    package var short: String { "\(algorithm.rawValue):\(hex.prefix(12))…" }
}

/// The movable name of a manifest: a letter, digit or `_`, then up to 127 of these and `.` and `-`.
/// A value is valid by construction, so it can stand in a path of the disk.
/// - Source: OCI distribution-spec 1.1, "Pulling manifests".
package struct Tag: Sendable, Hashable, Comparable, CustomStringConvertible {
    package static let maximumLength = 128

    package let description: String

    /// - Returns: nil unless the text follows the grammar.
    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength else { return nil }
        var isFirst = true
        for byte in text.utf8 {
            let isWord =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "_")
            guard isWord || (!isFirst && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-"))) else { return nil }
            isFirst = false
        }
        description = String(text)
    }

    /// By bytes, as the specification orders a tag list.
    package static func < (left: Tag, right: Tag) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

/// The name of a repository: path components of lower-case letters and digits, separated inside by `.`, `_`, `__` or
/// dashes, joined by `/`; at most 255 bytes. A value is valid by construction, so it can stand in a path of the disk.
/// - Source: OCI distribution-spec 1.1, "Pulling manifests", and distribution's reference grammar.
package struct RepositoryName: Sendable, Hashable, Comparable, CustomStringConvertible {
    package static let maximumLength = 255

    package let description: String

    /// - Returns: nil unless the text follows the grammar.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.maximumLength else { return nil }
        for component in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard Self.isComponent(component) else { return nil }
        }
        description = String(text)
    }

    /// Component by component, as a walk of sorted folders meets them: `a`, `a/b`, `a-b`.
    package static func < (left: RepositoryName, right: RepositoryName) -> Bool {
        precedes(left.description, right.description)
    }

    /// The same order for any text, as a list's cursor may be.
    package static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8) { weight($0) < weight($1) }
    }

    private static func weight(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "/") ? 0 : byte
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
    private static func isComponent(_ component: ArraySlice<UInt8>) -> Bool {
        var separator: [UInt8] = []
        var previousIsAlphanumeric = false
        for byte in component {
            if (97...122).contains(byte) || (48...57).contains(byte) {
                guard separator.isEmpty || isSeparator(separator) else { return false }
                separator = []
                previousIsAlphanumeric = true
            } else {
                guard previousIsAlphanumeric || !separator.isEmpty else { return false }
                separator.append(byte)
                previousIsAlphanumeric = false
            }
        }
        return previousIsAlphanumeric
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes {
        case [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }
}

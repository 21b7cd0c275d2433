import Glibc

/// IP addresses that share a prefix: `10.0.0.0/8`, `2001:db8::/32`, or one address.
///
/// - Source: RFC 4632 and RFC 4291, section 2.3. An IPv4 client of a socket for both families counts as the IPv4 address
///   that it is.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, with zeros after the prefix.
    private let network: [UInt8]
    /// How many leading bits are compared.
    private let bits: Int

    package let description: String

    /// Nil when it is neither an address nor an address with the length of its prefix, or has bits beyond that.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Self.bytes(of: String(first)) else { return nil }
        var bits = address.count * 8
        if parts.count == 2 {
            guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let given = Int(parts[1]), given <= bits else {
                return nil
            }
            bits = given
        }
        guard address == Self.masked(address, bits) else { return nil }
        network = address
        self.bits = bits
        description = text
    }

    /// - Parameter address: 4 or 16 bytes.
    package func contains(_ address: [UInt8]) -> Bool {
        address.count == network.count && Self.masked(address, bits) == network
    }

    /// The bytes of an address in numbers, 4 or 16; those of a mapped IPv4 address are 4.
    package static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: sixteen) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }

    private static func masked(_ address: [UInt8], _ bits: Int) -> [UInt8] {
        address.enumerated().map { index, byte in
            let kept = min(8, max(0, bits - index * 8))
            return byte & UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
    }
}

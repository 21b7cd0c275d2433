/// The `ip` of a rule: one address or a CIDR network.
/// - Source: Go's net.ParseIP, net.ParseCIDR and IPNet.Contains.
struct AddressRange: Sendable, Equatable {
    private let network: [UInt8]
    private let mask: [UInt8]

    /// Nil when the text is neither an address nor a network.
    init?(_ text: String) {
        if let address = IPAddress(text) {
            network = address.bytes
            mask = [UInt8](repeating: 0xFF, count: address.bytes.count)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let written = IPAddress.written(String(parts[0])), let bits = Self.number(parts[1]),
            bits <= written.count * 8
        else { return nil }
        var mask = [UInt8](repeating: 0, count: written.count)
        for bit in 0..<bits { mask[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        // A network of v4-mapped addresses is one of IPv4, as long as its mask keeps the prefix whole.
        let address = IPAddress(bytes: zip(written, mask).map { $0 & $1 })
        network = address.bytes
        self.mask = Array(mask.suffix(address.bytes.count))
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == network.count else { return false }
        for index in network.indices where address.bytes[index] & mask[index] != network[index] & mask[index] {
            return false
        }
        return true
    }

    /// Whether every address of `other` is in this range.
    func contains(_ other: AddressRange) -> Bool {
        guard other.network.count == network.count else { return false }
        for index in network.indices {
            guard other.mask[index] & mask[index] == mask[index],
                other.network[index] & mask[index] == network[index] & mask[index]
            else { return false }
        }
        return true
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count < 6, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
}

/// Which clients are let in: none that `deny` names, and when `allow` names any, only those.
package struct AddressRules: Sendable, Hashable {
    package var allow: [AddressRange] = []
    package var deny: [AddressRange] = []

    package init() {}

    /// Reads `allow` and `deny` of a mapping.
    package init(_ node: ConfigurationNode) throws {
        allow = try Self.ranges(node["allow"])
        deny = try Self.ranges(node["deny"])
    }

    package var isEmpty: Bool { allow.isEmpty && deny.isEmpty }

    /// - Parameter address: 4 or 16 bytes; none for a client whose address is not known, who is let in nowhere that
    ///   rules are.
    package func admit(_ address: [UInt8]) -> Bool {
        guard !isEmpty else { return true }
        guard !address.isEmpty, !deny.contains(where: { $0.contains(address) }) else { return false }
        return allow.isEmpty || allow.contains { $0.contains(address) }
    }

    func pairs() -> [(String, ConfigurationNode)] {
        [("allow", allow), ("deny", deny)].filter { !$0.1.isEmpty }
            .map { ($0.0, .list($0.1.map { .string($0.description) })) }
    }

    private static func ranges(_ node: ConfigurationNode?) throws -> [AddressRange] {
        guard let node, !node.isNull else { return [] }
        return try node.sequence().map { element in
            let text = try element.string()
            guard let range = AddressRange(text) else {
                throw element.refused(
                    "\(text) is not an address or a network",
                    remedy: "Write one such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32, with no bit set after the prefix"
                )
            }
            return range
        }
    }
}

internal import Glibc

/// An IPv4 or IPv6 address; a v4-mapped one (`::ffff:10.0.0.1`) is the IPv4 address.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    /// - Parameter bytes: 4 or 16 of them.
    init(bytes: [UInt8]) {
        self.bytes = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix) ? Array(bytes.suffix(4)) : bytes
    }

    /// Reads an address as Go's net.ParseIP does: no zone, no leading zeros, nothing around it.
    init?(_ text: String) {
        guard let bytes = Self.written(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The bytes as the text has them: 16 for every text with a colon, even a v4-mapped one.
    static func written(_ text: String) -> [UInt8]? {
        if text.utf8.contains(0) { return nil }
        if text.utf8.contains(UInt8(ascii: ":")) {
            var address = in6_addr()
            guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
            return withUnsafeBytes(of: &address) { Array($0) }
        }
        var address = in_addr()
        // glibc's inet_pton takes leading zeros ("010.0.0.1"); Go does not, because others read them as octal.
        let hasLeadingZero = text.split(separator: ".").contains { $0.utf8.count > 1 && $0.hasPrefix("0") }
        guard !hasLeadingZero, inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return withUnsafeBytes(of: &address) { Array($0) }
    }

    var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        let room = Int(INET6_ADDRSTRLEN)
        var text = [CChar](repeating: 0, count: room)
        let written = bytes.withUnsafeBytes {
            inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(room)) != nil
        }
        return written ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : "?"
    }
}

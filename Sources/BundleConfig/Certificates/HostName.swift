import Glibc

/// Host names and addresses, as they stand in `domain` and in certificates.
enum HostName {
    /// Whether a text is a host name (letters, digits, hyphens, dots) or an IP address.
    static func isValid(_ text: String) -> Bool {
        if bytes(of: text) != nil { return true }
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                    default: false
                    }
                }
        }
    }

    /// Whether a certificate's name stands for a host: equal, or `*.` for exactly one label (RFC 6125).
    static func matches(_ host: String, pattern: String) -> Bool {
        if let address = bytes(of: host) { return bytes(of: pattern) == address }
        let host = normal(host)
        let pattern = normal(pattern)
        guard pattern.hasPrefix("*.") else { return host == pattern }
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
        return host[dot...] == pattern.dropFirst()
    }

    /// The 4 or 16 bytes of an IP address; nil for a name.
    static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: six) { Array($0) } }
        return nil
    }

    /// An address from its 4 or 16 bytes.
    static func address(_ bytes: [UInt8]) -> String? {
        let family: CInt
        switch bytes.count {
        case 4: family = AF_INET
        case 16: family = AF_INET6
        default: return nil
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let base = buffer.baseAddress,
                inet_ntop(family, bytes, base, socklen_t(buffer.count)) != nil
            else { return nil }
            return String(cString: base)
        }
    }

    /// The one way to write a host: lower case, an address as inet_ntop(3) does and as certificates' names are read.
    static func canonical(_ host: String) -> String {
        bytes(of: host).flatMap(address) ?? host.lowercased()
    }

    /// How a host stands in a URL: an IPv6 address in brackets.
    static func inURL(_ host: String) -> String {
        host.contains(":") ? "[\(host)]" : host
    }

    private static func normal(_ name: String) -> String {
        let lower = name.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}

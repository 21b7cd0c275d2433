/// The host of a request: what the Host field or `:authority` names.
struct HostName: Equatable, Sendable {
    /// In lower case, IPv6 addresses with their brackets.
    var name: String
    var port: Int?

    /// Reads `name`, `name:port` or `[v6]:port`; nil when it is none of them.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 255 + 6 else { return nil }
        var end = bytes.count
        if bytes[0] == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 2 else { return nil }
            guard bytes[1..<close].allSatisfy(Self.isAddress) else { return nil }
            end = close + 1
            guard end == bytes.count || bytes[end] == UInt8(ascii: ":") else { return nil }
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard end > 0, bytes[..<end].allSatisfy(Self.isName) else { return nil }
        }
        if end < bytes.count {
            guard let port = FieldSyntax.number(bytes[(end + 1)...]), (1...65_535).contains(port) else { return nil }
            self.port = port
        }
        name = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    }

    /// Whether it is `pattern`: a name, or `*.` and a name for every name one label below.
    func matches(_ pattern: String) -> Bool {
        Self.matches(name, pattern)
    }

    static func matches(_ name: String, _ pattern: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return name == pattern.lowercased() }
        guard let dot = name.firstIndex(of: ".") else { return false }
        return name[dot...] == pattern.dropFirst().lowercased()
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isAddress(_ byte: UInt8) -> Bool {
        FieldSyntax.hexDigit(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}

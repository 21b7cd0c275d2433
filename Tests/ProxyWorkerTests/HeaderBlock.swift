/// Header blocks of HTTP/2, byte by byte: literals without indexing and without Huffman (RFC 7541, section 6.2.2).
enum HeaderBlock {
    /// What every request has: `:method`, `:scheme`, `:path`, `:authority`.
    static func request(
        _ path: String, method: String = "GET", scheme: String? = "https", authority: String? = "a.test",
        _ fields: [(String, String)] = []
    ) -> [UInt8] {
        var block = field(":method", method)
        if let scheme { block += field(":scheme", scheme) }
        block += field(":path", path)
        if let authority { block += field(":authority", authority) }
        return block + fields.flatMap { field($0.0, $0.1) }
    }

    static func field(_ name: String, _ value: String) -> [UInt8] {
        [0x00] + text(name) + text(value)
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return length(bytes.count) + bytes
    }

    /// An integer with a prefix of seven bits (RFC 7541, section 5.1).
    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 127 else { return [UInt8(count)] }
        var rest = count - 127
        var bytes: [UInt8] = [127]
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

/// What a TLS client says first, as far as it decides which certificate is for it.
///
/// - Source: RFC 8446, section 4.1.2; RFC 6066, section 3 (server_name); RFC 7301 (ALPN).
struct ClientHello: Equatable, Sendable {
    /// In lower case, labels of letters, digits, `-` and `_`; nil when the client names no such host.
    private(set) var serverName: String?
    /// What follows TLS, in the client's order; nil without the extension.
    private(set) var applicationProtocols: [[UInt8]]?
    /// The signatures that the client verifies; nil without the extension.
    private(set) var signatureSchemes: [UInt16]?
    /// The signatures within certificates that it verifies; nil when they are `signatureSchemes`.
    private(set) var certificateSchemes: [UInt16]?
    private(set) var cipherSuites: [UInt16]
    /// The groups of ECDHE, which before TLS 1.3 are the curves of certificates as well; nil without the extension.
    private(set) var groups: [UInt16]?
    private(set) var offersTLS13 = false

    /// Reads the body of a ClientHello, without the header of the handshake message.
    init(_ body: ArraySlice<UInt8>) throws(ByteReader.Malformed) {
        var reader = ByteReader(body)
        // legacy_version and random.
        _ = try reader.bytes(34)
        _ = try reader.vector(1, 0...32)
        var suites = try reader.vector(2, 2...65_534)
        cipherSuites = try suites.codePoints()
        _ = try reader.vector(1, 1...255)
        guard !reader.isAtEnd else { return }
        var extensions = try reader.vector(2, 0...65_535)
        try reader.end()
        var seen: Set<Int> = []
        while !extensions.isAtEnd {
            let kind = try extensions.integer(2)
            let content = try extensions.vector(2, 0...65_535)
            guard seen.insert(kind).inserted else { throw ByteReader.Malformed() }
            try take(kind, content)
        }
    }

    private mutating func take(_ kind: Int, _ content: ByteReader) throws(ByteReader.Malformed) {
        var content = content
        switch kind {
        case 0: serverName = try Self.serverName(&content)
        case 10: groups = try Self.codePoints(&content)
        case 13: signatureSchemes = try Self.codePoints(&content)
        case 16: applicationProtocols = try Self.names(&content)
        case 43:
            var versions = try content.vector(1, 2...254)
            offersTLS13 = try versions.codePoints().contains(0x0304)
        case 50: certificateSchemes = try Self.codePoints(&content)
        default: return
        }
        try content.end()
    }

    /// The one host name of a server_name extension.
    /// - Returns: nil for a name that is none, such as an address with colons.
    private static func serverName(_ content: inout ByteReader) throws(ByteReader.Malformed) -> String? {
        var list = try content.vector(2, 1...65_535)
        guard try list.integer(1) == 0 else { throw ByteReader.Malformed() }
        var name = try list.vector(2, 1...65_535)
        try list.end()
        return hostName(name.remainder())
    }

    /// Labels of letters, digits, hyphens and underscores with dots between: no path can be made of it.
    private static func hostName(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count <= 253 else { return nil }
        for label in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else { return nil }
            let isPlain = label.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
            guard isPlain else { return nil }
        }
        return String(decoding: bytes, as: UTF8.self).lowercased()
    }

    private static func codePoints(_ content: inout ByteReader) throws(ByteReader.Malformed) -> [UInt16] {
        var list = try content.vector(2, 2...65_534)
        return try list.codePoints()
    }

    private static func names(_ content: inout ByteReader) throws(ByteReader.Malformed) -> [[UInt8]] {
        var list = try content.vector(2, 2...65_535)
        var names: [[UInt8]] = []
        while !list.isAtEnd {
            var name = try list.vector(1, 1...255)
            names.append(Array(name.remainder()))
        }
        return names
    }
}

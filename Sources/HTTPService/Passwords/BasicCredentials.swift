import RegistryToken

/// The user and password of an `Authorization: Basic` header.
/// - Source: Go's net/http Request.BasicAuth; RFC 7617.
package struct BasicCredentials: Sendable {
    package var user: String
    package var password: [UInt8]

    /// Nil for another scheme, broken Base64, or no colon: then the request is anonymous.
    package init?(_ header: String?) {
        guard let header, header.utf8.count >= 6, header.prefix(6).lowercased() == "basic " else { return nil }
        let encoded = header.utf8.dropFirst(6).filter { $0 != 0x0A && $0 != 0x0D }
        guard let decoded = Base64.bytes(of: encoded, as: .standard),
            let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        user = String(decoding: decoded[..<colon], as: UTF8.self)
        password = Array(decoded[(colon + 1)...])
    }
}

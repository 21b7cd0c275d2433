internal import CLinux
internal import Glibc

/// Hosts as configurations write them: addresses of either version, in brackets or not, `localhost`, or names.
package enum HostName {
    /// The address to bind without asking anybody; nil for a name.
    package static func numeric(_ host: String) -> String? {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare == "localhost" { return "127.0.0.1" }
        if ["", "*"].contains(bare) { return bare }
        return clinux_is_numeric_address(bare, bare.contains(":") ? 1 : 0) != 0 ? bare : nil
    }

    /// The address to bind, looked up where it is a name: its first IPv4 address, else its first IPv6 address.
    /// - Blocks: as long as the resolver takes. Not for a loop's thread.
    package static func resolve(_ host: String) throws(SocketError) -> String {
        if let numeric = numeric(host) { return numeric }
        var buffer = [CChar](repeating: 0, count: 128)
        let code = clinux_resolve(host, &buffer, buffer.count)
        guard code == 0 else {
            throw .unknownHost(host, reason: String(cString: clinux_resolve_words(code)))
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The parts of an absolute URL that decide where a request goes.
struct OutboundURL: Sendable, Equatable {
    var isTLS: Bool
    /// Lower case, without brackets; never empty.
    var host: String
    var port: Int
    /// From the first slash on, with the query; empty when there is none.
    var rest: String

    /// - Returns: nil unless it is http or https with a host, without user information, and without characters that could
    ///   end a line.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let scheme = text.firstRange(of: "://") else {
            return nil
        }
        switch text[..<scheme.lowerBound].lowercased() {
        case "http": isTLS = false
        case "https": isTLS = true
        default: return nil
        }
        let after = text[scheme.upperBound...]
        let end = after.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? after.endIndex
        var authority = after[..<end]
        guard !authority.contains("@"), !authority.contains("\\") else { return nil }
        rest = String(after[end...])
        port = isTLS ? 443 : 80
        let closing = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), closing.map({ $0 < colon }) ?? true {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(number) else {
                return nil
            }
            port = number
            authority = authority[..<colon]
        }
        if authority.hasPrefix("["), authority.hasSuffix("]") { authority = authority.dropFirst().dropLast() }
        guard !authority.isEmpty else { return nil }
        host = authority.lowercased()
    }

    /// The host, and the port where it is not the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// `https://host:port`
    var origin: String { "\(isTLS ? "https" : "http")://\(authority)" }
    var text: String { origin + rest }
}

internal import HTTPTypes

/// Where a request comes from, by the connection or by a trusted header.
enum ClientAddress {
    /// The address that a request comes from, by the settings.
    static func of(_ request: IncomingRequest, _ server: AuthSettings.Server) throws(BadRequest) -> IPAddress {
        guard let name = server.realIPHeader.flatMap({ HTTPField.Name($0) }) else { return try parse(request.peer) }
        return try parse(try inHeader(request.header(name), position: server.realIPPosition))
    }

    /// Picks one address of a header's first line (`203.0.113.5, 10.0.0.1`).
    /// - Parameter position: from 0; negative counts from the end and stops at the first.
    /// - Throws: when the header is absent, empty or shorter. (docker_auth crashes when it is shorter.)
    static func inHeader(_ line: String?, position: Int) throws(BadRequest) -> String {
        let addresses = (line ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let index = position < 0 ? max(0, addresses.count + position) : position
        guard index < addresses.count else { throw BadRequest(problem: "client address not provided") }
        let address = addresses[index].trimmed
        guard !address.isEmpty else { throw BadRequest(problem: "client address not provided") }
        return address
    }

    /// Reads `203.0.113.5`, `203.0.113.5:1234`, `2001:db8::1` or `[2001:db8::1]:443`.
    static func parse(_ text: String) throws(BadRequest) -> IPAddress {
        guard let address = IPAddress(host(of: text)) else {
            throw BadRequest(problem: "unable to parse remote addr \(text)")
        }
        return address
    }

    private static func host(of text: String) -> String {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(Substring.init)
        guard parts.count >= 2, let port = parts.last, !port.isEmpty,
            port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return text }
        if parts.count == 2 { return String(parts[0]) }
        let head = parts.dropLast().joined(separator: ":")
        guard head.hasPrefix("["), head.hasSuffix("]") else { return text }
        return String(head.dropFirst().dropLast())
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

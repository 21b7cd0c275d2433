/// What a `WWW-Authenticate` header asks for.
/// - Source: RFC 9110, section 11.6.1; distribution's token specification.
enum UpstreamChallenge: Sendable, Equatable {
    case basic
    case bearer(realm: OutboundURL, service: String)

    /// - Returns: nil for what cannot be answered.
    init?(_ header: String) {
        let scheme = header.prefix { $0 != " " }.lowercased()
        if scheme == "basic" {
            self = .basic
            return
        }
        guard scheme == "bearer" else { return nil }
        let parameters = Self.parameters(header.dropFirst(scheme.count))
        guard let realm = parameters["realm"].flatMap(OutboundURL.init) else { return nil }
        self = .bearer(realm: realm, service: parameters["service"] ?? "")
    }

    /// `name="value", name=value`
    private static func parameters(_ text: Substring) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    value.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
                }
            } else {
                value = String(rest.prefix { $0 != "," })
                rest = rest.dropFirst(value.count)
            }
            if parameters[name] == nil { parameters[name] = value }
        }
        return parameters
    }
}

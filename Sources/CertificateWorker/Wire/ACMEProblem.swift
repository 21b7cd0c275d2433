/// A problem document of the authority.
/// - Source: RFC 8555, 6.7; RFC 7807.
struct ACMEProblem: Sendable, Equatable, Decodable {
    struct Identifier: Sendable, Equatable, Decodable { var value: String }

    /// What is wrong with one of an order's names.
    struct Part: Sendable, Equatable, Decodable {
        var type: String?
        var detail: String?
        var identifier: Identifier?
    }

    /// `urn:ietf:params:acme:error:NAME`
    var type: String?
    var detail: String?
    var status: Int?
    var subproblems: [Part]?

    private static let prefix = "urn:ietf:params:acme:error:"
    /// Of the authority's own words, that many characters are repeated.
    private static let longest = 400

    /// The last part of an ACME error's type: `badNonce`, `rateLimited`.
    var name: String { Self.name(type) }

    /// `rateLimited: too many certificates (registry.example.test: dns: no such name)`
    var words: String {
        var words = Self.words(name, detail)
        let parts = (subproblems ?? []).prefix(3).map { part in
            (part.identifier.map { "\(Self.plain($0.value)): " } ?? "") + Self.words(Self.name(part.type), part.detail)
        }
        if !parts.isEmpty { words += " (\(parts.joined(separator: "; ")))" }
        return words
    }

    private static func name(_ type: String?) -> String {
        guard let type, type != "about:blank" else { return "" }
        return type.hasPrefix(prefix) ? plain(String(type.dropFirst(prefix.count))) : plain(type)
    }

    private static func words(_ name: String, _ detail: String?) -> String {
        let words = [name, detail.map(plain) ?? ""].filter { !$0.isEmpty }
        return words.isEmpty ? "a problem without a name" : words.joined(separator: ": ")
    }

    /// On one line, without control characters, not too long.
    private static func plain(_ text: String) -> String {
        let clean = text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 }
        return String(String.UnicodeScalarView(clean)).prefix(longest).description
    }
}

internal import RegistryToken

/// One entry of `ci_auth`: which tokens of an issuer sign in, and as whom.
struct WorkloadRule: Sendable {
    /// A piece of `account`.
    enum Piece: Sendable, Equatable {
        case text(String)
        case claim(String)
    }

    var issuer: String
    var audience: String
    var claims: [(name: String, pattern: TextPattern)]
    var account: [Piece]
    var labels: Labels

    /// Whether the token is for this rule: its audience is the rule's, and every claim that the rule names matches.
    func admits(_ token: WorkloadToken) -> Bool {
        token.issuer.utf8.elementsEqual(issuer.utf8)
            && token.texts("aud").contains { $0.utf8.elementsEqual(audience.utf8) }
            && claims.allSatisfy { claim in
                token.texts(claim.name).contains { claim.pattern.matches(Array($0.utf8)) }
            }
    }

    /// Whom the token makes; nil when a claim is missing, is a list, or holds what no account can: a colon, a blank, a
    /// control character. Values stand as they are, so that two projects are never one account.
    func account(of token: WorkloadToken) -> String? {
        var name = ""
        for piece in account {
            switch piece {
            case .text(let text): name += text
            case .claim(let claim):
                guard token.claims[claim]?.array == nil, let text = token.texts(claim).first, !text.isEmpty,
                    text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") })
                else { return nil }
                name += text
            }
        }
        return name
    }

    /// `ci-${claim:project_path}` in pieces; nil for an unfinished or unknown placeholder, and for an empty text.
    static func pieces(_ template: String) -> [Piece]? {
        let opening = "${claim:"
        var pieces: [Piece] = []
        var rest = template[...]
        while let start = rest.firstRange(of: "${") {
            guard rest[start.lowerBound...].hasPrefix(opening),
                let end = rest[start.lowerBound...].firstIndex(of: "}")
            else { return nil }
            let name = rest[start.lowerBound..<end].dropFirst(opening.count)
            guard !name.isEmpty else { return nil }
            if start.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
            pieces.append(.claim(String(name)))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces.isEmpty ? nil : pieces
    }

    /// Whether keys may be fetched from there: https, or where the issuer itself is on this machine without it, there.
    static func isTrustworthy(_ url: String, asPlainAs issuer: String) -> Bool {
        if url.hasPrefix("https://"), url.utf8.count > 8 { return true }
        return isLoopback(url) && isLoopback(issuer)
    }

    /// Plain HTTP that does not leave the machine, for tests.
    static func isLoopback(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // No user, and a port that is a number: http://127.0.0.1:80@elsewhere is elsewhere.
        return ["127.0.0.1", "[::1]", "localhost"].contains { host in
            guard authority.hasPrefix(host) else { return false }
            let port = authority.dropFirst(host.count)
            return port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy { $0.isASCII && $0.isNumber })
        }
    }
}

/// The claims of a token whose signature, issuer and audience hold; times are yet to be compared with a clock.
struct ReceivedClaims: Sendable {
    var token: VerifiedToken
    var notBefore: Int64?

    /// - Parameter payload: the JSON of the claims.
    init(_ payload: [UInt8], issuer: String, service: String) throws(TokenRefusal) {
        let claims: JSONValue
        do {
            claims = try JSONReader.read(payload)
        } catch {
            throw .malformed("the claims are \(error.problem)")
        }
        guard claims.members != nil else { throw .malformed("the claims are not a JSON object") }
        guard let iss = claims["iss"]?.string, iss.utf8.elementsEqual(issuer.utf8) else { throw .wrongIssuer }
        let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.strings ?? []
        guard audiences.contains(where: { $0.utf8.elementsEqual(service.utf8) }) else { throw .wrongAudience }
        guard let expiry = try Self.time("exp", of: claims) else { throw .missingExpiry }
        notBefore = try Self.time("nbf", of: claims)
        if let issuedAt = try Self.time("iat", of: claims) { notBefore = max(notBefore ?? issuedAt, issuedAt) }
        token = VerifiedToken(
            subject: try Self.text("sub", of: claims), access: try Self.access(of: claims), expiry: expiry,
            identifier: try Self.text("jti", of: claims))
    }

    /// Compares the times with `now`, with leeway on either side.
    func check(at now: Int64) throws(TokenRefusal) {
        if token.expiry &+ TokenVerifier.leeway <= now { throw .expired(secondsAgo: now &- token.expiry) }
        if let notBefore, notBefore &- TokenVerifier.leeway > now { throw .notYetValid(inSeconds: notBefore &- now) }
    }

    /// A NumericDate (RFC 7519), which may have a fraction; nil when the claim is absent.
    private static func time(_ name: String, of claims: JSONValue) throws(TokenRefusal) -> Int64? {
        // Far below Int64's limits, so that sums of times cannot wrap.
        let limit: Int64 = 1 << 53
        switch claims[name] {
        case nil: return nil
        case .integer(let seconds) where abs(seconds.clamped) < limit: return seconds
        case .number(let seconds) where abs(seconds) < Double(limit): return Int64(seconds)
        default: throw .malformed("\(name) is not a time")
        }
    }

    private static func text(_ name: String, of claims: JSONValue) throws(TokenRefusal) -> String {
        switch claims[name] {
        case nil: return ""
        case .string(let text): return text
        default: throw .malformed("\(name) is not a text")
        }
    }

    private static func access(of claims: JSONValue) throws(TokenRefusal) -> [ScopeAccess] {
        guard let value = claims["access"], value != .null else { return [] }
        guard let entries = value.array else { throw .malformed("access is not a list") }
        var access: [ScopeAccess] = []
        for entry in entries {
            guard let type = entry["type"]?.string, let name = entry["name"]?.string,
                let actions = entry["actions"]?.strings
            else { throw .malformed("an entry of access lacks type, name or actions") }
            access.append(ScopeAccess(type: type, name: name, actions: actions))
        }
        return access
    }
}

extension Int64 {
    /// The number, with the one value that has no absolute value moved by one.
    fileprivate var clamped: Int64 { self == .min ? .min + 1 : self }
}

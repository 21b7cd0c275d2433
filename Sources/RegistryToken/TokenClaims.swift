internal import TextFormats

/// What a token says, in the order in which docker_auth writes it.
/// - Source: distribution's token specification; docker_auth's server/server.go, CreateToken.
package struct TokenClaims: Sendable, Equatable {
    package var issuer: String
    package var subject: String
    package var audience: String
    package var expiry: Int64
    package var notBefore: Int64
    package var issuedAt: Int64
    /// A decimal number below 2^63.
    package var identifier: String
    package var access: [ScopeAccess]

    /// Claims that begin 10 s before `now`, as docker_auth's do, so that a registry whose clock is late takes them.
    package init(
        issuer: String, subject: String, audience: String, access: [ScopeAccess], lifetime: Int64, now: Int64,
        identifier: String? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.expiry = now + lifetime
        self.notBefore = now - 10
        self.issuedAt = now
        self.identifier = identifier ?? String(UInt64.random(in: 0...UInt64(Int64.max)))
        self.access = access
    }

    /// The claims as JSON.
    func encoded() -> [UInt8] {
        var json: [UInt8] = []
        json.reserveCapacity(384)
        json.append(contentsOf: #"{"iss":"#.utf8)
        JSONString.append(issuer, to: &json)
        json.append(contentsOf: #","sub":"#.utf8)
        JSONString.append(subject, to: &json)
        json.append(contentsOf: #","aud":"#.utf8)
        JSONString.append(audience, to: &json)
        json.append(contentsOf: ",\"exp\":\(expiry),\"nbf\":\(notBefore),\"iat\":\(issuedAt),\"jti\":".utf8)
        JSONString.append(identifier, to: &json)
        json.append(contentsOf: #","access":["#.utf8)
        for (index, entry) in access.enumerated() {
            json.append(contentsOf: index == 0 ? #"{"type":"#.utf8 : #",{"type":"#.utf8)
            JSONString.append(entry.type, to: &json)
            json.append(contentsOf: #","name":"#.utf8)
            JSONString.append(entry.name, to: &json)
            json.append(contentsOf: #","actions":"#.utf8)
            JSONString.append(entry.actions, to: &json)
            json.append(UInt8(ascii: "}"))
        }
        json.append(contentsOf: "]}".utf8)
        return json
    }
}

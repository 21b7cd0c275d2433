// What the authority tells of its resources, as far as it is looked at.
// Source: RFC 8555, 7.1.

/// Where things are asked for.
struct ACMEDirectory: Sendable, Equatable, Decodable {
    struct Meta: Sendable, Equatable, Decodable {
        var termsOfService: String?
        var externalAccountRequired: Bool?
    }

    var newNonce: String
    var newAccount: String
    var newOrder: String
    var meta: Meta?
}

struct ACMEAccount: Sendable, Equatable, Decodable {
    var status: String?
    var contact: [String]?
}

struct ACMEIdentifier: Sendable, Equatable, Codable {
    /// `dns`, or `ip` (RFC 8738).
    var type: String
    var value: String
}

struct ACMEOrder: Sendable, Equatable, Decodable {
    enum Status: String, Sendable, Decodable { case pending, ready, processing, valid, invalid }

    var status: Status
    var authorizations: [String]
    var finalize: String
    var certificate: String?
    var error: ACMEProblem?
}

struct ACMEAuthorization: Sendable, Equatable, Decodable {
    enum Status: String, Sendable, Decodable { case pending, valid, invalid, deactivated, expired, revoked }

    var identifier: ACMEIdentifier
    var status: Status
    var challenges: [ACMEChallenge]
}

struct ACMEChallenge: Sendable, Equatable, Decodable {
    var type: String
    var url: String
    /// `pending`, `processing`, `valid` or `invalid`.
    var status: String?
    /// Absent for kinds that have none.
    var token: String?
    var error: ACMEProblem?

    /// Whether the token is what may stand in a path: base64url, of at most 256 characters.
    var hasSoundToken: Bool {
        guard let token, (1...256).contains(token.utf8.count) else { return false }
        return token.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

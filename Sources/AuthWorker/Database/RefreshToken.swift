internal import Foundation
internal import GRDB

/// What a refresh token stands for: an account that has signed in, until it expires or the account's password changes.
struct RefreshToken: Sendable {
    var account: String
    var service: String
    /// Who signed the account in: `users`, `ldap_auth`.
    var authenticator: String
    /// The state of the account's password then: another state now, and the token is void. Empty where it is not known.
    var stamp: [UInt8]
    var labels: Labels
    /// The hash of the API key that signed in; nil for a password.
    var keyHash: [UInt8]?
    /// Seconds since 1970.
    var created: Int64
    var expires: Int64
    var used: Int64

    init(
        account: String, service: String, authenticator: String, stamp: [UInt8], labels: Labels, keyHash: [UInt8]?,
        created: Int64, expires: Int64
    ) {
        self.account = account
        self.service = service
        self.authenticator = authenticator
        self.stamp = stamp
        self.labels = labels
        self.keyHash = keyHash
        self.created = created
        self.expires = expires
        used = created
    }

    init(_ row: Row) {
        account = row["account"] ?? ""
        service = row["service"] ?? ""
        authenticator = row["authenticator"] ?? ""
        stamp = Array((row["stamp"] as Data?) ?? Data())
        labels = Labels(json: row["labels"] ?? "")
        keyHash = (row["key_hash"] as Data?).map { Array($0) }
        created = row["created"] ?? 0
        expires = row["expires"] ?? 0
        used = row["used"] ?? 0
    }
}

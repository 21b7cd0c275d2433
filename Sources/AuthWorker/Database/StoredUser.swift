internal import GRDB

/// A user of the embedded database.
struct StoredUser: Sendable, Equatable {
    var name: String
    /// Nil when the row holds no hash: then no password signs in.
    var password: PasswordHash?
    var labels: Labels
    /// Seconds since 1970.
    var created: Int64
    var changed: Int64

    init(_ row: Row) {
        name = row["name"] ?? ""
        password = PasswordHash(row["password"] ?? "")
        labels = Labels(json: row["labels"] ?? "")
        created = row["created"] ?? 0
        changed = row["changed"] ?? 0
    }
}

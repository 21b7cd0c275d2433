/// Who may read the files of a route: who signs in with the auth worker (HTTP Basic).
package struct RouteSignIn: Sendable, Equatable {
    /// What browsers show; nil for the bundle's domain.
    package var realm: String?
    /// Of those who sign in, whom the files are for; empty for all of them.
    package var users: [String]

    package init(realm: String? = nil, users: [String] = []) {
        self.realm = realm
        self.users = users
    }

    /// Reads `auth: true`, or `auth: {realm: …, users: […]}`; nil for `false`.
    init?(_ node: ConfigurationNode) throws {
        guard node.isMapping else {
            guard try node.bool() else { return nil }
            self.init()
            return
        }
        try node.refuseUnknownKeys(["realm", "users"])
        let realm = try node.string("realm")
        if let realm, let place = node["realm"] {
            let isPlain = realm.utf8.allSatisfy {
                $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
            guard isPlain, !realm.isEmpty else {
                throw place.refused(
                    "cannot stand in a header", remedy: "Write it in ASCII, without quotes and backslashes")
            }
        }
        let users = try node.strings("users")
        if let users, let place = node["users"], users.isEmpty || users.contains("") {
            throw place.refused("names nobody", remedy: "Name accounts, or remove it for everybody who signs in")
        }
        self.init(realm: realm, users: users ?? [])
    }

    func node() -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = []
        if let realm { pairs.append(("realm", .string(realm))) }
        if !users.isEmpty { pairs.append(("users", .list(users.map { .string($0) }))) }
        return pairs.isEmpty ? .bool(true) : .mapping(pairs)
    }
}

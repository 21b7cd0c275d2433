internal import GRDB

extension AuthDatabase {
    /// - Parameter hash: from `PasswordHash.make`.
    func addUser(_ name: String, hash: String, labels: Labels, now: Int64) async throws {
        try await change { database in
            guard try !Self.hasUser(name, database) else { throw AuthDatabaseProblem.exists("user \(name)") }
            // Of somebody else who had the name.
            for table in ["refresh_token WHERE account", "api_key WHERE owner"] {
                try database.execute(sql: "DELETE FROM \(table) = ?", arguments: [name])
            }
            try database.execute(
                sql: "INSERT INTO user (name, password, labels, created, changed) VALUES (?, ?, ?, ?, ?)",
                arguments: [name, hash, labels.json, now, now])
        }
    }

    /// Gives a user another password. What was signed in with the old one has to sign in again.
    func setPassword(of name: String, hash: String, now: Int64) async throws {
        try await change { database in
            guard try Self.hasUser(name, database) else { throw AuthDatabaseProblem.absent("user \(name)") }
            try database.execute(
                sql: "UPDATE user SET password = ?, changed = ? WHERE name = ?", arguments: [hash, now, name])
            try database.execute(sql: "DELETE FROM refresh_token WHERE account = ?", arguments: [name])
        }
    }

    /// Removes a user with its keys and refresh tokens.
    func removeUser(_ name: String) async throws {
        try await change { database in
            guard try Self.hasUser(name, database) else { throw AuthDatabaseProblem.absent("user \(name)") }
            for table in ["refresh_token WHERE account", "api_key WHERE owner", "user WHERE name"] {
                try database.execute(sql: "DELETE FROM \(table) = ?", arguments: [name])
            }
        }
    }

    private static func hasUser(_ name: String, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM user WHERE name = ?)", arguments: [name]) ?? false
    }
}

internal import Foundation
internal import GRDB

extension AuthDatabase {
    /// How exactly it is known when a key was last used, in seconds: a write for each token would be dear.
    static let useResolution: Int64 = 60

    /// - Returns: the secret, which is kept nowhere.
    func addKey(_ key: APIKey) async throws -> String {
        let secret = RandomSecret.make(RandomSecret.key)
        let hash = Data(RandomSecret.hash(secret.utf8))
        try await change { database in
            let exists = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM api_key WHERE owner = ? AND name = ?)",
                arguments: [key.owner, key.name])
            guard exists != true else { throw AuthDatabaseProblem.exists("key \(key.name) of \(key.owner)") }
            try database.execute(
                sql: """
                    INSERT INTO api_key (name, owner, hash, repositories, actions, created, expires)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key.name, key.owner, hash, APIKey.json(key.repositories), APIKey.json(key.actions), key.created,
                    key.expires,
                ])
        }
        return secret
    }

    /// Ends a key, and the refresh tokens that it was given.
    func revokeKey(_ name: String, owner: String) async throws {
        try await change { database in
            try database.execute(
                sql: """
                    DELETE FROM refresh_token
                    WHERE key_hash IN (SELECT hash FROM api_key WHERE owner = ? AND name = ?)
                    """, arguments: [owner, name])
            try database.execute(
                sql: "DELETE FROM api_key WHERE owner = ? AND name = ?", arguments: [owner, name])
            guard database.changesCount == 1 else { throw AuthDatabaseProblem.absent("key \(name) of \(owner)") }
        }
    }

    func noteUse(of key: APIKey, now: Int64) async throws {
        guard now - (key.used ?? 0) >= Self.useResolution else { return }
        try await change { database in
            try database.execute(
                sql: "UPDATE api_key SET used = ? WHERE owner = ? AND name = ?",
                arguments: [now, key.owner, key.name])
        }
    }
}

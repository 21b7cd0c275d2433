internal import Foundation
internal import GRDB

extension AuthDatabase {
    /// How many an account keeps; the oldest go.
    static let refreshTokenLimit = 200

    /// - Returns: the secret, which is kept nowhere.
    func addRefreshToken(_ token: RefreshToken) async throws -> String {
        let secret = RandomSecret.make(RandomSecret.refresh)
        let hash = Data(RandomSecret.hash(secret.utf8))
        try await queue.write { database in
            try database.execute(sql: "DELETE FROM refresh_token WHERE expires <= ?", arguments: [token.created])
            try database.execute(
                sql: """
                    INSERT INTO refresh_token
                    (hash, account, service, authenticator, stamp, labels, key_hash, created, expires, used)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    hash, token.account, token.service, token.authenticator, Data(token.stamp), token.labels.json,
                    token.keyHash.map { Data($0) }, token.created, token.expires, token.used,
                ])
            try database.execute(
                sql: """
                    DELETE FROM refresh_token WHERE hash IN (SELECT hash FROM refresh_token WHERE account = ?
                    ORDER BY created DESC, rowid DESC LIMIT -1 OFFSET ?)
                    """, arguments: [token.account, Self.refreshTokenLimit])
        }
        return secret
    }

    /// What a secret stands for; nil when it stands for nothing, or no longer.
    func refreshToken(_ secret: String, now: Int64) async throws -> RefreshToken? {
        guard RandomSecret.isShaped(secret.utf8, RandomSecret.refresh) else { return nil }
        let hash = Data(RandomSecret.hash(secret.utf8))
        let found = try await queue.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM refresh_token WHERE hash = ? AND expires > ?", arguments: [hash, now]
            ).map(RefreshToken.init)
        }
        guard let token = found else { return nil }
        if now - token.used >= Self.useResolution {
            try await queue.write {
                try $0.execute(sql: "UPDATE refresh_token SET used = ? WHERE hash = ?", arguments: [now, hash])
            }
        }
        return token
    }

    /// Ends all refresh tokens of an account.
    /// - Returns: how many there were.
    func removeRefreshTokens(of account: String) async throws -> Int {
        try await queue.write { database in
            try database.execute(sql: "DELETE FROM refresh_token WHERE account = ?", arguments: [account])
            return database.changesCount
        }
    }
}

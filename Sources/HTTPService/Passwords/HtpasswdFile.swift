package import BundleConfig
package import Logging
import Synchronization

/// An htpasswd file in use: passwords are compared with it, and what changes in it is taken up.
///
/// The file is looked at again once a second at most; a changed one is taken up whole or, with a fault, not at all.
package final class HtpasswdFile: Sendable {
    package enum Outcome: Sendable, Equatable {
        case right, wrong, unknown
        /// Too many passwords wait to be compared.
        case busy
    }

    private struct State {
        var users: HtpasswdUsers
        var cache = CredentialCache()
        var stamp: FileStamp?
        var looked = ContinuousClock.now
    }

    /// Between two looks at the file.
    package static let pause: Duration = .seconds(1)

    private let path: String
    private let key: String
    private let pool: PasswordPool
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameter key: what the file is named by, for errors: `auth.htpasswd.path`.
    package init(_ path: String, key: String, pool: PasswordPool, logger: Logger) throws(ConfigurationError) {
        self.path = path
        self.key = key
        self.pool = pool
        self.logger = logger
        // The stamp first: a change in between shows at the next look.
        let stamp = FileStamp(path)
        state = Mutex(State(users: try Self.read(path, key: key), stamp: stamp))
    }

    /// Compares a password; a stranger's takes as long as a user's.
    package func verify(
        _ user: String, password: [UInt8], at now: ContinuousClock.Instant = .now
    ) async -> Outcome {
        await refresh(at: now)
        let (users, cache) = state.withLock { ($0.users, $0.cache) }
        let name = cache.name(account: user, password: password)
        guard let hash = users.hash(of: user) else {
            if let decoy = users.decoy, await pool.verify(password, against: decoy) == nil { return .busy }
            return .unknown
        }
        if cache.contains(name, at: now) { return .right }
        guard let isRight = await pool.verify(password, against: hash) else { return .busy }
        guard isRight else { return .wrong }
        cache.remember(name, at: now)
        return .right
    }

    /// Takes up a file that has changed, read on the threads for passwords: a slow disk holds no request's task.
    package func refresh(at now: ContinuousClock.Instant = .now) async {
        let known: FileStamp?? = state.withLock { state in
            guard state.looked.duration(to: now) >= Self.pause else { return nil }
            state.looked = now
            return .some(state.stamp)
        }
        guard let known else { return }
        let (path, key) = (path, key)
        let found = await pool.run { _ -> (FileStamp?, Result<HtpasswdUsers, ConfigurationError>)? in
            let stamp = FileStamp(path)
            guard stamp != known else { return nil }
            do throws(ConfigurationError) {
                return (stamp, .success(try Self.read(path, key: key)))
            } catch {
                return (stamp, .failure(error))
            }
        }
        guard case let (stamp, result)?? = found else { return }
        switch result {
        case .success(let users):
            state.withLock { $0 = State(users: users, stamp: stamp, looked: now) }
            logger.info("took up \(path): users: \(users.count)")
        case .failure(let error):
            state.withLock { $0.stamp = stamp }
            logger.error("keeps the users that it knows: \(error)")
        }
    }

    private static func read(_ path: String, key: String) throws(ConfigurationError) -> HtpasswdUsers {
        try HtpasswdUsers.read(path, at: ConfigurationNode(.null, path: key))
    }
}

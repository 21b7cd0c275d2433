import BundleConfig
import HTTPService
import HTTPTypes
import Logging
import RegistryModel
import Synchronization

/// Basic authentication by an htpasswd file: whoever is in it may do everything.
///
/// The file is looked at again once a second at most; a changed one is taken up whole or, with a fault, not at all.
final class HtpasswdGate: Sendable {
    private struct State {
        var users: HtpasswdUsers
        var cache = CredentialCache()
        var stamp: FileStamp?
        var looked = ContinuousClock.now
    }

    /// Between two looks at the file.
    static let pause: Duration = .seconds(1)
    /// One for the process: its threads never end.
    private static let threads = PasswordPool()

    private let realm: String
    private let path: String
    private let pool: PasswordPool
    private let state: Mutex<State>

    init(_ access: RegistryConfiguration.HtpasswdAccess, pool: PasswordPool? = nil) throws(ConfigurationError) {
        realm = access.realm
        path = access.path
        self.pool = pool ?? Self.threads
        // The stamp first: a change in between shows at the next look.
        let stamp = FileStamp(access.path)
        state = Mutex(State(users: try Self.read(access.path), stamp: stamp))
    }

    /// - Throws: 401 with a Basic challenge; 503 when too many passwords wait to be compared.
    func admit(_ header: String?, at now: ContinuousClock.Instant = .now) async throws(OCIError) -> Caller {
        await refresh(at: now)
        guard let credentials = BasicCredentials(header) else { throw challenge(nil) }
        let (users, cache) = state.withLock { ($0.users, $0.cache) }
        let name = cache.name(account: credentials.user, password: credentials.password)
        let hash = users.hash(of: credentials.user)
        if hash != nil, cache.contains(name, at: now) { return Caller(name: credentials.user, grants: nil) }
        var isRight = false
        // A stranger's takes as long as a user's.
        if let compared = hash ?? users.decoy {
            guard let answer = await pool.verify(credentials.password, against: compared) else {
                throw OCIError(.unavailable, message: "too many sign-ins at once: try again in a moment")
            }
            isRight = answer
        }
        guard hash != nil, isRight else { throw challenge("the user or the password is wrong") }
        cache.remember(name, at: now)
        return Caller(name: credentials.user, grants: nil)
    }

    private func challenge(_ message: String?) -> OCIError {
        OCIError(
            .unauthorized, message: message, status: .unauthorized,
            headers: [.wwwAuthenticate: "Basic realm=\"\(realm)\""])
    }

    /// Takes up a file that has changed, read on the threads for passwords: a slow disk holds no request's task.
    private func refresh(at now: ContinuousClock.Instant) async {
        let known: FileStamp?? = state.withLock { state in
            guard state.looked.duration(to: now) >= Self.pause else { return nil }
            state.looked = now
            return .some(state.stamp)
        }
        guard let known else { return }
        let path = path
        let found = await pool.run { _ -> (FileStamp?, Result<HtpasswdUsers, ConfigurationError>)? in
            let stamp = FileStamp(path)
            guard stamp != known else { return nil }
            do throws(ConfigurationError) {
                return (stamp, .success(try Self.read(path)))
            } catch {
                return (stamp, .failure(error))
            }
        }
        guard case let (stamp, result)?? = found else { return }
        switch result {
        case .success(let users):
            state.withLock { $0 = State(users: users, stamp: stamp, looked: now) }
            Logger(label: "registry").info("took up \(path): \(Wording.count(users.count, "user"))")
        case .failure(let error):
            state.withLock { $0.stamp = stamp }
            Logger(label: "registry").error("keeps the users that it knows: \(error)")
        }
    }

    private static func read(_ path: String) throws(ConfigurationError) -> HtpasswdUsers {
        try HtpasswdUsers.read(path, at: ConfigurationNode(.null, path: "auth.htpasswd.path"))
    }
}

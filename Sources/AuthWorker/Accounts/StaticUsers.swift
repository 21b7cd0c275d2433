internal import BundleConfig
internal import HTTPService

/// The users of the configuration file.
struct StaticUsers: Authenticator {
    let name = "users"

    /// Keys are compared by bytes: two spellings of one letter are two users.
    private let users: [[UInt8]: StaticUser]
    /// What a stranger's password is compared with.
    let decoy: BcryptHash?
    private let pool: PasswordPool
    private let cache: CredentialCache

    init(_ users: [(name: String, user: StaticUser)], pool: PasswordPool, cache: CredentialCache = CredentialCache()) {
        var table: [[UInt8]: StaticUser] = [:]
        var costs: [Int: Int] = [:]
        for (name, user) in users {
            table[Array(name.utf8)] = user
            if case .bcrypt(let hash) = user.password { costs[hash.cost, default: 0] += 1 }
        }
        self.users = table
        self.pool = pool
        self.cache = cache
        // What most users cost.
        decoy = costs.max { ($0.value, $0.key) < ($1.value, $1.key) }.flatMap { BcryptHash.decoy(cost: $0.key) }
    }

    /// Compares the password; a stranger's takes as long as a user's.
    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        let user = users[Array(account.utf8)]
        switch user?.password {
        case .any:
            return .signedIn(labels: user?.labels ?? .none)
        case .bcrypt(let hash):
            let name = cache.name(account: account, password: password)
            if cache.contains(name) { return .signedIn(labels: user?.labels ?? .none) }
            guard let isRight = await pool.verify(password, against: hash) else { return .busy }
            guard isRight else { return .wrongPassword }
            cache.remember(name)
            return .signedIn(labels: user?.labels ?? .none)
        case .unusable, nil:
            // A request without credentials is no guess, and is answered at once: every client begins with one.
            if !(account.isEmpty && password.isEmpty), let decoy {
                guard await pool.verify(password, against: decoy) != nil else { return .busy }
            }
            return user == nil ? .unknownAccount : .wrongPassword
        }
    }
}

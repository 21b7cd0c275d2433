internal import BundleConfig
internal import HTTPService

/// The users of the configuration file, and those of the embedded database that the file does not name.
struct StaticUsers: Authenticator {
    let name = "users"

    /// Keys are compared by bytes: two spellings of one letter are two users.
    private let users: [[UInt8]: StaticUser]
    private let costs: [Int: Int]
    private let database: AuthDatabase?
    private let pool: PasswordPool
    private let cache: CredentialCache
    /// Not where a back-end behind these does: two comparisons would tell who is of these, with one, and who is nobody.
    let spendsOnStrangers: Bool

    init(
        _ users: [(name: String, user: StaticUser)], pool: PasswordPool, cache: CredentialCache = CredentialCache(),
        database: AuthDatabase? = nil, spendsOnStrangers: Bool = true
    ) {
        self.spendsOnStrangers = spendsOnStrangers
        var table: [[UInt8]: StaticUser] = [:]
        var costs: [Int: Int] = [:]
        for (name, user) in users {
            table[Array(name.utf8)] = user
            if case .bcrypt(let hash) = user.password { costs[hash.cost, default: 0] += 1 }
        }
        self.users = table
        self.costs = costs
        self.database = database
        self.pool = pool
        self.cache = cache
    }

    /// What a stranger's password is compared with: a hash of the cost that most users have; nil where no user has one.
    var decoy: BcryptHash? {
        var costs = costs
        if let database, database.hasUsers { costs[BcryptHash.standardCost, default: 0] += database.users.count }
        return costs.max { ($0.value, $0.key) < ($1.value, $1.key) }.flatMap { BcryptHash.decoy(cost: $0.key) }
    }

    /// How often a password was found to be right without hashing it, and how often not.
    var cacheFigures: (hits: Int, misses: Int) { cache.figures }

    /// The state of an account here; nil for a stranger.
    func standing(_ account: String) -> (labels: Labels, stamp: [UInt8])? {
        guard let user = user(account) else { return nil }
        switch user.password {
        case .bcrypt(let hash): return (user.labels, hash.fingerprint)
        case .any: return (user.labels, [])
        case .unusable: return (user.labels, [0])
        }
    }

    /// Whether the file itself has the user.
    func isOfFile(_ account: String) -> Bool { users[Array(account.utf8)] != nil }

    /// Whether this very password was right a moment ago.
    func remembers(_ account: String, password: [UInt8]) -> Bool {
        guard let user = user(account), case .bcrypt(let hash) = user.password else { return false }
        return cache.contains(
            cache.name(account: account, password: password, boundTo: hash.fingerprint), counting: false)
    }

    /// Compares the password; a stranger's takes as long as a user's.
    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        let user = user(account)
        switch user?.password {
        case .any:
            return .signedIn(labels: user?.labels ?? .none)
        case .bcrypt(let hash):
            // Bound to the hash: another password for the account, and what was remembered counts no more.
            let name = cache.name(account: account, password: password, boundTo: hash.fingerprint)
            if cache.contains(name) { return .signedIn(labels: user?.labels ?? .none) }
            let input = user?.hashesDigest == true ? PasswordHash.digest(password) : password
            guard let isRight = await pool.verify(input, against: hash) else { return .busy }
            guard isRight else { return .wrongPassword }
            cache.remember(name)
            return .signedIn(labels: user?.labels ?? .none)
        case .unusable, nil:
            // A request without credentials is no guess, and is answered at once: every client begins with one.
            let isSpent = user != nil || spendsOnStrangers
            if isSpent, !(account.isEmpty && password.isEmpty), let decoy {
                guard await pool.verify(password, against: decoy) != nil else { return .busy }
            }
            return user == nil ? .unknownAccount : .wrongPassword
        }
    }

    private func user(_ account: String) -> StaticUser? {
        let name = Array(account.utf8)
        if let user = users[name] { return user }
        return database?.user(name).map { stored in
            StaticUser(
                password: stored.password.map { .bcrypt($0.bcrypt) } ?? .unusable, labels: stored.labels,
                hashesDigest: stored.password?.isOfDigest ?? false)
        }
    }
}

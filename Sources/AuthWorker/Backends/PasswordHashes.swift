internal import BundleConfig
internal import HTTPService

/// Compares passwords with bcrypt hashes that are kept elsewhere and may change at any time.
struct PasswordHashes: Sendable {
    enum Outcome: Sendable, Equatable {
        case right, wrong
        /// Too many passwords wait to be compared.
        case busy
    }

    let pool: PasswordPool
    /// What was right is remembered together with the hash, so that a changed password is one that nobody remembers.
    private let cache = CredentialCache()
    /// What a stranger costs: about what users do.
    private static let decoy = BcryptHash.decoy(cost: BcryptHash.standardCost)

    init(pool: PasswordPool) {
        self.pool = pool
    }

    func verify(_ account: String, password: [UInt8], hash text: String) async throws(BackendFailure) -> Outcome {
        guard let hash = BcryptHash(text) else { return await refuse(password) }
        guard hash.cost <= BcryptHash.costLimit else {
            throw BackendFailure(
                problem: "the hash of \(account) has the cost \(hash.cost), which would hold a core for seconds",
                isOutage: false)
        }
        let name = cache.name(account: "\(text)\(account)", password: password)
        if cache.contains(name) { return .right }
        guard let isRight = await pool.verify(password, against: hash) else { return .busy }
        if isRight { cache.remember(name) }
        return isRight ? .right : .wrong
    }

    /// Spends on a password that cannot be right the time that others take.
    func refuse(_ password: [UInt8]) async -> Outcome {
        guard let decoy = Self.decoy else { return .wrong }
        return await pool.verify(password, against: decoy) == nil ? .busy : .wrong
    }
}

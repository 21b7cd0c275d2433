internal import Logging

/// Docker passwords that were given out in a browser, and the question to the provider whether they still count.
struct BrowserAuthenticator: Authenticator {
    let name: String
    let provider: any SignInProvider
    let store: any SignInStore
    let hashes: PasswordHashes
    let renewals: SignInRenewals
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// What a refresh token of ours would outlive: the provider is asked again much sooner.
    var isLasting: Bool { false }
    var spendsOnStrangers: Bool { true }

    init(
        _ provider: any SignInProvider, store: any SignInStore, hashes: PasswordHashes, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        name = provider.name
        self.provider = provider
        self.store = store
        self.hashes = hashes
        self.now = now
        renewals = SignInRenewals(provider: provider, store: store, logger: logger)
    }

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        guard !account.isEmpty, !password.isEmpty, !account.utf8.contains(0) else { return .unknownAccount }
        do throws(BackendFailure) {
            guard let record = try await store.record(of: account) else {
                return await hashes.refuse(password) == .busy ? .busy : .unknownAccount
            }
            switch try await hashes.verify(account, password: password, hash: record.passwordHash) {
            case .wrong: return .wrongPassword
            case .busy: return .busy
            case .right: break
            }
            let now = now()
            if now < record.validUntil { return .signedIn(labels: record.labels) }
            return .signedIn(labels: try await renewals.renewed(account, record, now: now).labels)
        } catch {
            return .failed(error)
        }
    }
}

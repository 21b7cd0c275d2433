internal import BundleLog
internal import HTTPService
internal import Logging

// Who asks.
extension AuthState {
    /// The API key that the password is, when it is one of the account's that has not expired; nil otherwise.
    ///
    /// Costs a hash and a look into memory, so that it is asked before anything waits.
    func identify(key secret: [UInt8], of account: String, now: Int64) async -> Identity? {
        guard let database, RandomSecret.isShaped(secret, RandomSecret.key) else { return nil }
        let hash = RandomSecret.hash(secret)
        guard let key = database.key(hash), key.owner.utf8.elementsEqual(account.utf8), !key.isExpired(at: now),
            let labels = ownerLabels(account)
        else { return nil }
        do {
            try await database.noteUse(of: key, now: now)
        } catch {
            logger.error("cannot note the use of a key: \(error)", metadata: [LogField.user: .string(account)])
        }
        var identity = Identity(account: account, labels: labels, authenticator: "key")
        identity.key = key
        identity.keyHash = hash
        return identity
    }

    /// Whether the password was right a moment ago, so that it needs no work and no delay.
    func remembers(_ account: String, password: [UInt8]) -> Bool {
        users.remembers(account, password: password)
    }

    /// Asks the back-ends until one knows the account.
    /// - Parameter measure: told how long each took.
    func identify(
        _ account: String, password: [UInt8], measure: (String, Duration) -> Void = { _, _ in }
    ) async -> SignInAttempt {
        for authenticator in authenticators {
            let start = ContinuousClock.now
            let outcome = await authenticator.signIn(account, password: password)
            measure(authenticator.name, start.duration(to: .now))
            switch outcome {
            case .signedIn(let labels):
                var identity = Identity(account: account, labels: labels, authenticator: authenticator.name)
                if authenticator.name == users.name { identity.stamp = users.standing(account)?.stamp ?? [] }
                return .identified(identity)
            case .unknownAccount: continue
            case .wrongPassword, .busy, .failed: return .refused(outcome, by: authenticator.name)
            }
        }
        return .refused(.unknownAccount, by: "")
    }

    /// Who a refresh token stands for; nil when it is void: unknown, expired, revoked, of another service, or of an account
    /// whose password has changed since.
    func identify(refresh secret: String, service: String, now: Int64) async throws -> Identity? {
        guard let database, let token = try await database.refreshToken(secret, now: now),
            token.service.utf8.elementsEqual(service.utf8)
        else { return nil }
        var identity = Identity(account: token.account, labels: token.labels, authenticator: "refresh_token")
        identity.origin = token.authenticator
        identity.stamp = token.stamp
        if let hash = token.keyHash {
            guard let key = database.key(hash), key.owner.utf8.elementsEqual(token.account.utf8),
                !key.isExpired(at: now), let labels = ownerLabels(token.account)
            else { return nil }
            identity.key = key
            identity.keyHash = hash
            identity.labels = labels
        } else if token.authenticator == users.name {
            guard let standing = users.standing(token.account), standing.stamp == token.stamp else { return nil }
            identity.labels = standing.labels
        }
        return identity
    }

    /// The labels of a key's owner: those of the file or the database; none for an owner that another back-end knows, which
    /// cannot be asked without a password. Nil when nobody can know the owner any more.
    private func ownerLabels(_ account: String) -> Labels? {
        if let standing = users.standing(account) { return standing.labels }
        return authenticators.count > 1 ? Labels.none : nil
    }
}

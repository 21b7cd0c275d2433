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
            let labels = users.standing(account)?.labels
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

    /// Whether the password was right a moment ago, so that it is no guess and needs no delay.
    func remembers(_ account: String, password: [UInt8]) -> Bool {
        if users.standing(account) != nil { return users.remembers(account, password: password) }
        return known.contains(known.name(account: account, password: password), counting: false)
    }

    /// Notes what came of a password, for `remembers`. Users of ours have a memory that a changed password ends.
    private func note(_ account: String, password: [UInt8], isRight: Bool) {
        guard users.standing(account) == nil else { return }
        let name = known.name(account: account, password: password)
        if isRight { known.remember(name) } else { known.forget(name) }
    }

    /// Whether a refresh token may stand for whoever signed in so. It would outlive a client's certificate.
    func isLasting(_ identity: Identity) -> Bool {
        guard identity.authenticator != ClientCertificate.key else { return false }
        return authenticators.first { $0.name == identity.authenticator }?.isLasting ?? true
    }

    /// docker_auth's number of an authenticator: its place among those that are asked, from 1.
    func number(of authenticator: String) -> Int {
        (authenticators.firstIndex { $0.name == authenticator } ?? 0) + 1
    }

    /// Asks the back-ends until one knows the account.
    /// - Parameter measure: told what each said and how long it took.
    func identify(
        _ account: String, password: [UInt8], measure: (String, SignInOutcome, Duration) -> Void = { _, _, _ in }
    ) async -> SignInAttempt {
        // Before the password is compared: a token of one that is changed meanwhile is void.
        let stamp = users.standing(account)?.stamp ?? []
        for authenticator in authenticators {
            let start = ContinuousClock.now
            let outcome = await authenticator.signIn(account, password: password)
            measure(authenticator.name, outcome, start.duration(to: .now))
            switch outcome {
            case .signedIn(let labels):
                var identity = Identity(account: account, labels: labels, authenticator: authenticator.name)
                if authenticator.name == users.name { identity.stamp = stamp }
                note(account, password: password, isRight: true)
                return .identified(identity)
            case .unknownAccount: continue
            case .wrongPassword:
                note(account, password: password, isRight: false)
                return .refused(outcome, by: authenticator.name)
            case .busy, .failed: return .refused(outcome, by: authenticator.name)
            }
        }
        note(account, password: password, isRight: false)
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
                !key.isExpired(at: now), let labels = users.standing(token.account)?.labels
            else { return nil }
            identity.key = key
            identity.keyHash = hash
            identity.labels = labels
        } else if token.authenticator == users.name {
            guard let standing = users.standing(token.account), standing.stamp == token.stamp else { return nil }
            identity.labels = standing.labels
        } else {
            // Another back-end cannot be asked without a password; it must still be there, and not be asked after a user of ours.
            guard users.standing(token.account) == nil,
                authenticators.contains(where: { $0.name == token.authenticator })
            else { return nil }
        }
        return identity
    }
}

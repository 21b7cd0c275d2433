internal import BundleLog
internal import Logging
internal import RegistryToken

/// Passwords that are ID tokens of CI systems (`ci_auth`).
///
/// What can be told without a key is looked at first, so that only a token that would sign in makes us ask its issuer.
struct WorkloadTokenAuthenticator: Authenticator {
    let name = WorkloadTokenSettings.key
    let rules: [WorkloadRule]
    /// By their `iss`.
    let issuers: [String: WorkloadIssuer]
    let logger: Logger
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// A CI system's token lives for minutes, and must not become one that lives for weeks.
    var isLasting: Bool { false }

    func signIn(_ account: String, password: [UInt8]) async -> SignInOutcome {
        guard let token = WorkloadToken(password), let issuer = issuers[token.issuer] else { return .unknownAccount }
        let now = now()
        let candidate: Candidate
        do throws(WorkloadTokenRefusal) {
            candidate = try self.candidate(token, account, now: now)
        } catch {
            return refuse(account, error)
        }
        let keys: [NamedKey]
        do throws(BackendFailure) {
            keys = try await issuer.keys(candidate.keyID, candidate.algorithm, now: now)
        } catch {
            return .failed(error)
        }
        if keys.isEmpty { return refuse(account, WorkloadTokenRefusal("names a key that its issuer does not have")) }
        guard keys.contains(where: { $0.verifies(token.signature, of: token.signedBytes) }) else {
            return refuse(account, WorkloadTokenRefusal("has a signature that is not its issuer's"))
        }
        return .signedIn(labels: candidate.labels)
    }

    /// A token that signs in when its signature is right.
    private struct Candidate {
        var labels: Labels
        var algorithm: TokenAlgorithm
        var keyID: String
    }

    private func candidate(
        _ token: WorkloadToken, _ account: String, now: Int64
    ) throws(WorkloadTokenRefusal) -> Candidate {
        let (algorithm, keyID) = try token.keyReference()
        try token.checkTimes(now: now)
        let admitting = rules.filter { $0.admits(token) }
        guard !admitting.isEmpty else {
            throw WorkloadTokenRefusal("has an audience or claims that no rule admits")
        }
        guard
            let rule = admitting.first(where: { $0.account(of: token)?.utf8.elementsEqual(account.utf8) ?? false })
        else {
            // The claims are the issuer's words or a stranger's: quoted, and never long.
            let made = admitting[0].account(of: token).map { "\"\($0.prefix(256))\"" } ?? "none: a claim does not fit"
            throw WorkloadTokenRefusal("is another account's: its rule makes \(made)")
        }
        return Candidate(labels: rule.labels, algorithm: algorithm, keyID: keyID)
    }

    private func refuse(_ account: String, _ refusal: WorkloadTokenRefusal) -> SignInOutcome {
        logger.notice("\(name): the token \(refusal.problem)", metadata: [LogField.user: .string(account)])
        return .wrongPassword
    }
}

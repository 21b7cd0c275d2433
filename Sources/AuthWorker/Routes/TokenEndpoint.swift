internal import BundleLog
internal import HTTPTypes
internal import Logging
internal import RegistryToken
internal import TextFormats

/// Answers `/auth`: who asks, what the access list allows, and a signed token that says so.
struct TokenEndpoint: Sendable {
    let state: AuthState
    let desk: FrontDesk

    /// What stands in the way of a token.
    private struct Refusal: Error {
        var answer: OutgoingAnswer
        /// For the metrics.
        var result: String
        /// For the audit log.
        var reason: String
    }

    /// - Parameter now: seconds since 1970.
    func answer(
        _ request: IncomingRequest, logger: Logger, now: Int64 = Int64(UTCTime.now().seconds)
    ) async -> OutgoingAnswer {
        let start = ContinuousClock.now
        let asked: TokenRequest
        do {
            asked = try TokenRequest(request, server: state.settings.server)
        } catch {
            logger.info("refused a request: \(error.problem)", metadata: [LogField.status: .stringConvertible(400)])
            desk.metrics.answered("bad_request")
            return .refusal(.badRequest, "Bad request: \(error.problem)")
        }
        var audit = AuditRecord(asked, logger: logger, start: start)
        do throws(Refusal) {
            let identity = try await identify(asked, &audit, now: now)
            audit.identified(identity)
            let access = try await authorize(asked, identity, &audit)
            let refreshToken = try await refreshToken(asked, identity, now: now)
            let answer = try sign(asked, identity, access, refreshToken, now: now)
            audit.finish(refreshes: refreshToken != nil)
            desk.metrics.answered("granted")
            return answer
        } catch {
            audit.refused(error.reason, status: error.answer.status.code)
            desk.metrics.answered(error.result)
            return error.answer
        }
    }

    // MARK: Who asks

    private func identify(
        _ asked: TokenRequest, _ audit: inout AuditRecord, now: Int64
    ) async throws(Refusal) -> Identity {
        // Without a database there are no refresh tokens, and docker_auth's reading of the form stands.
        if state.database != nil {
            switch asked.grant {
            case "refresh_token": return try await identifyByRefreshToken(asked, now: now)
            case "", "password": break
            default:
                throw Refusal(
                    answer: TokenAnswer.oauth("unsupported_grant_type", "grant_type is password or refresh_token"),
                    result: "bad_request", reason: "another grant type")
            }
        }
        if let identity = identifyByCertificate(asked) { return identity }
        if let identity = await state.identify(key: asked.password, of: asked.account, now: now) { return identity }
        // It would be a guess at its owner's password, and would lock him out while some robot goes on with it.
        if state.database != nil, RandomSecret.isShaped(asked.password, RandomSecret.key) {
            throw Refusal(answer: unauthorized, result: "void_key", reason: "void key")
        }
        // Without credentials there is nothing to guess; what was right a moment ago is no guess.
        let isGuess =
            !(asked.account.isEmpty && asked.password.isEmpty)
            && !state.remembers(asked.account, password: asked.password)
        var ticket: SignInThrottle.Ticket?
        if isGuess {
            switch desk.throttle.begin(address: asked.address, account: asked.account) {
            case .success(let given): ticket = given
            case .failure(let delay):
                throw Refusal(
                    answer: TokenAnswer.delayed(delay), result: "delayed",
                    reason: "too many failed sign-ins, delayed by \(delay.seconds) s")
            }
        }
        let attempt = await state.identify(asked.account, password: asked.password) { backend, outcome, duration in
            desk.metrics.asked(backend, took: duration)
            if case .failed(let failure) = outcome, failure.isOutage {
                desk.metrics.isOut(backend)
            } else {
                desk.metrics.isBack(backend)
            }
        }
        switch attempt {
        case .identified(let identity):
            if let ticket { desk.throttle.end(ticket, isFailure: false) }
            return identity
        case .refused(let outcome, let authenticator):
            audit.askedOf(authenticator)
            let refusal = refusal(outcome, by: authenticator, asked)
            if let ticket { desk.throttle.end(ticket, isFailure: refusal.answer.status == .unauthorized ? true : nil) }
            throw refusal
        }
    }

    /// The account that the client's certificate names, where certificates sign in and nothing else was sent.
    private func identifyByCertificate(_ asked: TokenRequest) -> Identity? {
        guard state.settings.signsInCertificates, !asked.hasCredentials, let name = asked.certificate?.account,
            asked.account.isEmpty || asked.account.utf8.elementsEqual(name.utf8)
        else { return nil }
        return Identity(
            account: name, labels: state.users.standing(name)?.labels ?? .none, authenticator: ClientCertificate.key)
    }

    private func identifyByRefreshToken(_ asked: TokenRequest, now: Int64) async throws(Refusal) -> Identity {
        guard !asked.refreshToken.isEmpty else {
            throw Refusal(
                answer: TokenAnswer.oauth("invalid_request", "refresh_token is missing"), result: "bad_request",
                reason: "no refresh token")
        }
        do {
            if let identity = try await state.identify(
                refresh: asked.refreshToken, service: asked.service, now: now)
            {
                return identity
            }
        } catch {
            throw databaseFailure(error)
        }
        throw Refusal(
            answer: TokenAnswer.oauth("invalid_grant", "the refresh token is not valid (any more); sign in again"),
            result: "invalid_grant", reason: "void refresh token")
    }

    private var unauthorized: OutgoingAnswer {
        var answer = OutgoingAnswer.refusal(.unauthorized, "Auth failed.")
        answer.headers[.wwwAuthenticate] = state.challenge
        return answer
    }

    private func refusal(_ outcome: SignInOutcome, by authenticator: String, _ asked: TokenRequest) -> Refusal {
        switch outcome {
        case .unknownAccount where asked.account.isEmpty:
            return Refusal(answer: unauthorized, result: "no_credentials", reason: "no credentials")
        case .signedIn, .unknownAccount:
            return Refusal(answer: unauthorized, result: "unknown_account", reason: "no such account")
        case .wrongPassword:
            return Refusal(answer: unauthorized, result: "wrong_password", reason: "wrong password")
        case .busy:
            return Refusal(answer: TokenAnswer.busy, result: "busy", reason: "too many sign-ins are waiting")
        case .failed(let failure):
            let answer =
                failure.isShown
                ? TokenAnswer.shown(failure, authenticator: state.number(of: authenticator))
                : TokenAnswer.failed(failure, "the sign-in")
            return Refusal(
                answer: answer, result: "backend_failed", reason: "the sign-in failed: \(failure.problem)")
        }
    }

    // MARK: What is allowed

    private func authorize(
        _ asked: TokenRequest, _ identity: Identity, _ audit: inout AuditRecord
    ) async throws(Refusal) -> [ScopeAccess] {
        var access: [ScopeAccess] = []
        access.reserveCapacity(asked.scopes.count)
        for scope in asked.scopes {
            var allowed: [String] = []
            var rule = "no possible name"
            if scope.hasPossibleName {
                let decision = try await decide(scope, asked, identity)
                allowed = decision.allowed
                rule = decision.rule.map { "rule \($0)" } ?? "no rule"
                if let key = identity.key, !allowed.isEmpty {
                    let narrowed = key.narrowed(allowed, type: scope.type, name: scope.name)
                    if narrowed.count < allowed.count { rule += ", narrowed by the key" }
                    allowed = narrowed
                }
            }
            access.append(ScopeAccess(type: scope.type, name: scope.name, actions: allowed))
            audit.decided(scope, allowed: allowed, by: rule)
        }
        return access
    }

    private func decide(
        _ scope: ScopeRequest, _ asked: TokenRequest, _ identity: Identity
    ) async throws(Refusal) -> AccessDecision {
        do throws(BackendFailure) {
            let decision = try await state.authorize(
                AccessRequest(
                    account: identity.account, type: scope.type, name: scope.name, service: asked.service,
                    address: asked.address, actions: scope.actions, labels: identity.labels))
            desk.metrics.isBack("authorization")
            return decision
        } catch {
            if error.isOutage { desk.metrics.isOut("authorization") }
            throw Refusal(
                answer: TokenAnswer.failed(error, "the authorization"), result: "backend_failed",
                reason: "the authorization failed: \(error.problem)")
        }
    }

    // MARK: What is given

    /// The refresh token of the answer: a new one, the one that was sent, or none.
    private func refreshToken(
        _ asked: TokenRequest, _ identity: Identity, now: Int64
    ) async throws(Refusal) -> String? {
        if identity.authenticator == "refresh_token" { return asked.refreshToken }
        guard asked.isOffline, !identity.account.isEmpty, state.isLasting(identity), let database = state.database,
            state.settings.token.refreshLifetime > 0
        else { return nil }
        do {
            let token = RefreshToken(
                account: identity.account, service: asked.service, authenticator: identity.origin,
                stamp: identity.stamp, labels: identity.labels, keyHash: identity.keyHash, created: now,
                expires: now + state.settings.token.refreshLifetime)
            let secret = try await database.addRefreshToken(token)
            desk.metrics.gaveRefreshToken()
            return secret
        } catch {
            throw databaseFailure(error)
        }
    }

    private func sign(
        _ asked: TokenRequest, _ identity: Identity, _ access: [ScopeAccess], _ refreshToken: String?, now: Int64
    ) throws(Refusal) -> OutgoingAnswer {
        let token = state.settings.token
        let claims = TokenClaims(
            issuer: token.issuer, subject: identity.account, audience: asked.service, access: access,
            lifetime: token.lifetime, now: now)
        do {
            return TokenAnswer.granted(
                try token.signer.sign(claims), lifetime: token.lifetime, issuedAt: now, refreshToken: refreshToken)
        } catch {
            throw Refusal(
                answer: .refusal(.internalServerError, "Failed to generate token"), result: "failed",
                reason: "cannot sign a token: \(error)")
        }
    }

    private func databaseFailure(_ error: any Error) -> Refusal {
        let failure = BackendFailure(problem: "the embedded database: \(error)", isOutage: true)
        return Refusal(
            answer: TokenAnswer.failed(failure, "the sign-in"), result: "backend_failed", reason: failure.problem)
    }
}

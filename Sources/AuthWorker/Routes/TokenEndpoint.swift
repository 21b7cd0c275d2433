internal import BundleLog
internal import HTTPTypes
internal import Logging
internal import RegistryToken
internal import TextFormats

/// Answers `/auth`: who asks, what the access list allows, and a signed token that says so.
struct TokenEndpoint: Sendable {
    let state: AuthState

    /// - Parameter now: seconds since 1970.
    func answer(
        _ request: IncomingRequest, logger: Logger, now: Int64 = Int64(UTCTime.now().seconds)
    ) async -> OutgoingAnswer {
        let start = ContinuousClock.now
        let settings = state.settings
        let asked: TokenRequest
        do {
            asked = try TokenRequest(request, server: settings.server)
        } catch {
            logger.info("refused a request: \(error.problem)", metadata: [LogField.status: .stringConvertible(400)])
            return .refusal(.badRequest, "Bad request: \(error.problem)")
        }
        var audit = AuditRecord(asked, logger: logger, start: start)
        let labels: Labels
        switch await state.signIn(asked.account, password: asked.password) {
        case .signedIn(let found): labels = found
        case .unknownAccount:
            audit.refused(asked.account.isEmpty ? "no credentials" : "no such account")
            return unauthorized
        case .wrongPassword:
            audit.refused("wrong password")
            return unauthorized
        case .busy:
            audit.refused("too many sign-ins are waiting", status: 503)
            var answer = OutgoingAnswer.refusal(.serviceUnavailable, "Too many sign-ins are waiting, try again soon.")
            answer.headers[.retryAfter] = "1"
            return answer
        case .failed(let failure):
            return refused(failure, by: "the sign-in", &audit)
        }
        var access: [ScopeAccess] = []
        for scope in asked.scopes {
            let decision: AccessDecision
            do throws(BackendFailure) {
                decision = try await state.authorize(
                    AccessRequest(
                        account: asked.account, type: scope.type, name: scope.name, service: asked.service,
                        address: asked.address, actions: scope.actions, labels: labels))
            } catch {
                return refused(error, by: "the authorization", &audit)
            }
            access.append(ScopeAccess(type: scope.type, name: scope.name, actions: decision.allowed))
            audit.decided(scope, decision)
        }
        let claims = TokenClaims(
            issuer: settings.token.issuer, subject: asked.account, audience: asked.service, access: access,
            lifetime: settings.token.lifetime, now: now)
        do {
            let token = try settings.token.signer.sign(claims)
            audit.granted()
            return .json(Self.body(token, lifetime: settings.token.lifetime, issuedAt: now))
        } catch {
            logger.error("cannot sign a token: \(error)")
            return .refusal(.internalServerError, "Failed to generate token")
        }
    }

    /// A back-end could not say: the client learns which step failed and whether to try again, the log learns why.
    private func refused(_ failure: BackendFailure, by step: String, _ audit: inout AuditRecord) -> OutgoingAnswer {
        audit.refused("\(step) failed: \(failure.problem)", status: failure.isOutage ? 503 : 500)
        guard failure.isOutage else { return .refusal(.internalServerError, "\(step) failed; the log says why.") }
        var answer = OutgoingAnswer.refusal(.serviceUnavailable, "\(step) cannot be asked now, try again soon.")
        answer.headers[.retryAfter] = "5"
        return answer
    }

    private var unauthorized: OutgoingAnswer {
        var answer = OutgoingAnswer.refusal(.unauthorized, "Auth failed.")
        answer.headers[.wwwAuthenticate] = state.challenge
        return answer
    }

    /// A client that does not know when its token was issued retries a 401 for ever: hence `issued_at` with a fraction.
    private static func body(_ token: [UInt8], lifetime: Int64, issuedAt: Int64) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(token.count * 2 + 160)
        body.append(contentsOf: #"{"access_token":""#.utf8)
        body.append(contentsOf: token)
        body.append(contentsOf: #"","token":""#.utf8)
        body.append(contentsOf: token)
        body.append(contentsOf: "\",\"expires_in\":\(lifetime),\"issued_at\":\"".utf8)
        let time = UTCTime(seconds: Int(issuedAt), nanoseconds: UTCTime.now().nanoseconds)
        body.append(contentsOf: time.rfc3339Microseconds.utf8)
        body.append(contentsOf: "\"}".utf8)
        return body
    }
}

internal import BundleConfig
internal import RegistryToken
internal import TextFormats

/// Sign-ins at an OpenID Connect provider (`oidc_auth`) and at Google (`google_auth`).
/// - Source: OpenID Connect Core 1.0, sections 3.1 and 12; docker_auth's oidc_auth.
struct OpenIDProvider: SignInProvider {
    /// What differs between the two sections.
    struct Profile: Sendable, Equatable {
        var name: String
        var title: String
        var issuer: String
        var clientID: String
        var clientSecret: Secret
        var scopes: [String]
        /// The claim that is the account.
        var userClaim: String
        /// Claims that become labels of their name.
        var labelClaims: [String] = []
        /// Whose addresses alone may sign in; nil for all.
        var domain: String?
        /// Whether an address counts only when the token says that it is verified; otherwise it must not say the opposite.
        var needsVerifiedAddress = false
        /// Further parameters of the provider's page.
        var parameters: [(String, String)] = []

        static func == (left: Profile, right: Profile) -> Bool {
            left.name == right.name && left.issuer == right.issuer && left.clientID == right.clientID
        }
    }

    let profile: Profile
    let issuer: WorkloadIssuer
    let http: ProviderHTTP

    var name: String { profile.name }
    var title: String { profile.title }

    func authorizationURL(
        _ flow: SignInFlow, redirect: String, now: Int64
    ) async throws(BackendFailure) -> String {
        let page = try present(await issuer.endpoints(now: now).authorization, "authorization_endpoint")
        let parameters =
            [
                ("response_type", "code"), ("scope", profile.scopes.joined(separator: " ")),
                ("client_id", profile.clientID), ("redirect_uri", redirect), ("state", flow.state),
                ("nonce", flow.nonce), ("code_challenge", flow.challenge), ("code_challenge_method", "S256"),
            ] + profile.parameters
        return "\(page)\(page.contains("?") ? "&" : "?")\(PercentEncoding.form(parameters))"
    }

    func redeem(
        _ code: String, _ flow: SignInFlow, redirect: String, now: Int64
    ) async throws(SignInRefusal) -> ProvenPerson {
        let answer: ProviderHTTP.Answer
        do throws(BackendFailure) {
            answer = try await grant(
                [
                    ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
                    ("code_verifier", flow.verifier),
                ], now: now)
        } catch {
            throw .unreachable(title, error)
        }
        guard answer.status == 200, answer.refusal == nil else {
            let reason = answer.refusal.map { " (\($0))" } ?? ""
            throw SignInRefusal(
                500, "Error talking to \(title) auth backend: cannot fetch token: it answered \(answer.status)\(reason)"
            )
        }
        guard let text = answer.json?["id_token"]?.string else {
            throw SignInRefusal(500, "No id_token field in oauth2 token.")
        }
        let token: WorkloadToken
        do throws(BackendFailure) {
            token = try await verified(text, nonce: flow.nonce, now: now)
        } catch {
            if error.isOutage { throw .unreachable(title, error) }
            throw SignInRefusal(500, "Failed to verify ID token: \(error.problem)")
        }
        let account = try account(of: token.claims)
        var record = SignInRecord()
        record.subject = token.claims["sub"]?.string ?? ""
        record.labels = labels(of: token.claims, before: .none)
        let end = Self.seconds(token.claims["exp"])
        take(answer, into: &record, now: now, otherwiseUntil: end ?? now)
        return ProvenPerson(account: account, record: record)
    }

    func renew(
        _ account: String, _ record: SignInRecord, now: Int64,
        keep: @Sendable (SignInRecord) async throws(BackendFailure) -> Void
    ) async throws(BackendFailure) -> SignInRecord {
        guard !record.refreshToken.isEmpty else {
            throw .shown("refresh of your session is not possible. Please sign out and sign in again")
        }
        let answer = try await grant(
            [("grant_type", "refresh_token"), ("refresh_token", record.refreshToken)], now: now)
        guard answer.status == 200, answer.refusal == nil else {
            throw .shown("failed to refresh token: \(answer.refusal ?? "it answered \(answer.status)")")
        }
        var (record, ended) = (record, record.validUntil)
        take(answer, into: &record, now: now, otherwiseUntil: now + 3_600)
        swap(&record.validUntil, &ended)
        try await keep(record)
        record.validUntil = ended
        guard let claims = try await claims(answer, record, now: now) else { return record }
        let subject = claims["sub"]?.string ?? ""
        guard record.subject.isEmpty || subject.utf8.elementsEqual(record.subject.utf8),
            let found = claims[profile.userClaim]?.string, found.utf8.elementsEqual(account.utf8)
        else { throw .shown("found token for wrong user") }
        do throws(SignInRefusal) {
            _ = try self.account(of: claims)
        } catch {
            throw .shown("server token invalid: \(error.text)")
        }
        record.labels = labels(of: claims, before: record.labels)
        return record
    }

    // MARK: Tokens

    /// What the provider says of the person now: in a new ID token, else at its userinfo end-point; nil without either.
    private func claims(
        _ answer: ProviderHTTP.Answer, _ record: SignInRecord, now: Int64
    ) async throws(BackendFailure) -> JSONValue? {
        if let text = answer.json?["id_token"]?.string {
            do throws(BackendFailure) {
                return try await verified(text, nonce: nil, now: now).claims
            } catch {
                if error.isOutage { throw error }
                throw .shown("server token invalid: the ID token \(error.problem)")
            }
        }
        guard let place = try await issuer.endpoints(now: now).userinfo else { return nil }
        let profile = try await http.get(place, authorization: "Bearer \(record.accessToken)")
        guard profile.status == 200, let claims = profile.json, claims.members != nil else {
            throw .shown("server token invalid: userinfo answered \(profile.status)")
        }
        return claims
    }

    private func take(
        _ answer: ProviderHTTP.Answer, into record: inout SignInRecord, now: Int64, otherwiseUntil end: Int64
    ) {
        record.tokenType = answer.json?["token_type"]?.string ?? record.tokenType
        record.accessToken = answer.json?["access_token"]?.string ?? ""
        record.refreshToken = answer.json?["refresh_token"]?.string ?? record.refreshToken
        // Half a minute early, as docker_auth has it; and no longer than a year, whatever a provider says.
        let lifetime = Self.seconds(answer.json?["expires_in"]).map { min(max($0, 0), 86_400 * 366) }
        record.validUntil = (lifetime.map { now + $0 } ?? end) - 30
    }

    private static func seconds(_ value: JSONValue?) -> Int64? {
        switch value {
        case .integer(let seconds): seconds
        case .number(let seconds): Int64(exactly: seconds.rounded())
        case .string(let text): Int64(text)
        case nil, .null, .bool, .array, .object: nil
        }
    }

    /// An ID token whose issuer, audience, times, nonce and signature are right.
    /// - Throws: why it is not; an outage when the keys cannot be fetched.
    /// - Source: OpenID Connect Core 1.0, section 3.1.3.7.
    private func verified(
        _ text: String, nonce: String?, now: Int64
    ) async throws(BackendFailure) -> WorkloadToken {
        func refused(_ problem: String) -> BackendFailure { BackendFailure(problem: problem, isOutage: false) }
        guard let token = WorkloadToken(Array(text.utf8)) else { throw refused("is no signed JWT") }
        guard token.issuer.utf8.elementsEqual(profile.issuer.utf8) else { throw refused("is another issuer's") }
        let audiences = token.texts("aud")
        guard audiences.contains(where: { $0.utf8.elementsEqual(profile.clientID.utf8) }) else {
            throw refused("is for another client")
        }
        let party = token.claims["azp"]?.string
        guard party?.utf8.elementsEqual(profile.clientID.utf8) ?? (audiences.count == 1) else {
            throw refused("was given to another client")
        }
        if let nonce, token.claims["nonce"]?.string?.utf8.elementsEqual(nonce.utf8) != true {
            throw refused("is the answer to another sign-in: its nonce is not ours")
        }
        let reference: (algorithm: TokenAlgorithm, id: String)
        do throws(WorkloadTokenRefusal) {
            try token.checkTimes(now: now)
            reference = try token.keyReference()
        } catch {
            throw refused(error.problem)
        }
        let keys = try await issuer.keys(reference.id, reference.algorithm, now: now)
        guard keys.contains(where: { $0.verifies(token.signature, of: token.signedBytes) }) else {
            throw refused("has a signature that is not its issuer's")
        }
        return token
    }

    // MARK: Claims

    private func account(of claims: JSONValue) throws(SignInRefusal) -> String {
        guard let account = claims[profile.userClaim]?.string, !account.isEmpty else {
            throw SignInRefusal(500, "No \"\(profile.userClaim)\" claim in ID token")
        }
        if profile.userClaim == "email" {
            // Some providers write the flag as a text.
            let isVerified = claims["email_verified"].map { $0 == .bool(true) || $0 == .string("true") }
            guard isVerified ?? !profile.needsVerifiedAddress else {
                throw SignInRefusal(403, "The address \(account) is not verified by \(title)")
            }
        }
        if let domain = profile.domain {
            let part = account.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            guard account.contains("@"), part.lowercased() == domain.lowercased() else {
                throw SignInRefusal(403, "only users from \(domain) may login")
            }
        }
        return account
    }

    /// - Parameter before: what counts for a claim that is not told again.
    private func labels(of claims: JSONValue, before: Labels) -> Labels {
        Labels(
            profile.labelClaims.compactMap { claim in
                switch claims[claim] {
                case .string(let text): return (claim, [text])
                case .array(let values): return (claim, values.compactMap(\.string))
                case nil:
                    return before[claim].map { values in (claim, values.map { String(decoding: $0, as: UTF8.self) }) }
                case .null, .bool, .integer, .number, .object: return nil
                }
            })
    }

    // MARK: End-points

    private func present(_ url: String?, _ member: String) throws(BackendFailure) -> String {
        guard let url else {
            throw BackendFailure(
                problem: "the discovery document of \(profile.issuer) has no https address as its \(member)",
                isOutage: false)
        }
        return url
    }

    private func grant(
        _ form: [(String, String)], now: Int64
    ) async throws(BackendFailure) -> ProviderHTTP.Answer {
        let endpoints = try await issuer.endpoints(now: now)
        let place = try present(endpoints.token, "token_endpoint")
        let secret = profile.clientSecret.reveal()
        if endpoints.takesSecretInBody {
            return try await http.post(place, form + [("client_id", profile.clientID), ("client_secret", secret)])
        }
        // RFC 6749, section 2.3.1: both encoded as in a form.
        let pair = "\(PercentEncoding.encoded(profile.clientID)):\(PercentEncoding.encoded(secret))"
        return try await http.post(
            place, form, authorization: "Basic \(Base64.text(Array(pair.utf8), as: .standard))")
    }
}

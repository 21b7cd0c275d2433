internal import BundleConfig
internal import RegistryToken
internal import TextFormats

/// Sign-ins at GitHub and GitLab, which say who somebody is by an API instead of a token, and of what he is a member.
/// - Source: docs.github.com, "Authorizing OAuth apps"; docs.gitlab.com, "OAuth 2.0 identity provider API"; docker_auth's
///   github_auth and gitlab_auth.
struct ForgeProvider: SignInProvider {
    enum Forge: Sendable, Equatable {
        case gitHub, gitLab
    }

    /// More pages of a hundred teams than anybody is in.
    private static let pageLimit = 50

    let forge: Forge
    let name: String
    /// Without a slash at the end.
    let web: String
    let api: String
    let clientID: String
    let clientSecret: Secret
    /// Whose members alone may sign in: GitHub's organization, GitLab's group; nil for everybody.
    let organization: String?
    /// Seconds from one question whether somebody still may to the next.
    let revalidation: Int64
    let http: ProviderHTTP

    var title: String { forge == .gitHub ? "GitHub" : "GitLab" }

    func authorizationURL(_ flow: SignInFlow, redirect: String, now: Int64) async throws(BackendFailure) -> String {
        let proof = [
            ("state", flow.state), ("code_challenge", flow.challenge), ("code_challenge_method", "S256"),
        ]
        switch forge {
        case .gitHub:
            // docker_auth's order of scopes. Without a redirect_uri GitHub takes the one that is registered.
            let back = redirect.isEmpty ? [] : [("redirect_uri", redirect)]
            return "\(web)/login/oauth/authorize?scope=user:email%20read:org&"
                + PercentEncoding.form([("client_id", clientID)] + back + proof)
        case .gitLab:
            // The groups are told by the OpenID Connect end-point alone, unless one may read everything.
            let scope = organization == nil ? "read_user" : "read_user openid"
            return "\(web)/oauth/authorize?"
                + PercentEncoding.form(
                    [
                        ("client_id", clientID), ("redirect_uri", redirect), ("response_type", "code"),
                        ("scope", scope),
                    ] + proof)
        }
    }

    func redeem(
        _ code: String, _ flow: SignInFlow, redirect: String, now: Int64
    ) async throws(SignInRefusal) -> ProvenPerson {
        var form = [
            ("code", code), ("client_id", clientID), ("client_secret", clientSecret.reveal()),
            ("code_verifier", flow.verifier),
        ]
        if forge == .gitLab { form.append(("grant_type", "authorization_code")) }
        if !redirect.isEmpty { form.append(("redirect_uri", redirect)) }
        let answer: ProviderHTTP.Answer
        do throws(BackendFailure) {
            answer = try await http.post(tokenEndpoint, form)
        } catch {
            throw .unreachable(title, error)
        }
        guard answer.refusal == nil, let token = answer.json?["access_token"]?.string, !token.isEmpty else {
            throw SignInRefusal(400, "Failed to get token: \(answer.refusal ?? "it answered \(answer.status)")")
        }
        var record = SignInRecord()
        record.tokenType = answer.json?["token_type"]?.string ?? record.tokenType
        record.accessToken = token
        record.refreshToken = answer.json?["refresh_token"]?.string ?? ""
        record.validUntil = now + revalidation
        do throws(BackendFailure) {
            let (account, labels) = try await person(token)
            record.labels = labels
            return ProvenPerson(account: account, record: record)
        } catch {
            if error.isOutage { throw .unreachable(title, error) }
            throw SignInRefusal(
                500, "Newly-acquired token is invalid", log: "newly-acquired token is invalid: \(error.problem)")
        }
    }

    func renew(
        _ account: String, _ record: SignInRecord, now: Int64,
        keep: @Sendable (SignInRecord) async throws(BackendFailure) -> Void
    ) async throws(BackendFailure) -> SignInRecord {
        var record = record
        // GitLab's access tokens end after two hours, GitHub's when its app says so.
        if !record.refreshToken.isEmpty {
            let answer = try await http.post(
                tokenEndpoint,
                [
                    ("grant_type", "refresh_token"), ("refresh_token", record.refreshToken), ("client_id", clientID),
                    ("client_secret", clientSecret.reveal()),
                ])
            guard answer.refusal == nil, let token = answer.json?["access_token"]?.string, !token.isEmpty else {
                throw .shown("failed to refresh token: \(answer.refusal ?? "it answered \(answer.status)")")
            }
            record.accessToken = token
            record.refreshToken = answer.json?["refresh_token"]?.string ?? record.refreshToken
            try await keep(record)
        }
        let found: String
        do throws(BackendFailure) {
            (found, record.labels) = try await person(record.accessToken)
        } catch {
            if error.isOutage { throw error }
            throw .shown("server token invalid: \(error.problem)")
        }
        guard found.utf8.elementsEqual(account.utf8) else { throw .shown("found token for wrong user") }
        record.validUntil = now + revalidation
        return record
    }

    private var tokenEndpoint: String {
        forge == .gitHub ? "\(web)/login/oauth/access_token" : "\(web)/oauth/token"
    }

    // MARK: Who it is

    private func person(_ token: String) async throws(BackendFailure) -> (account: String, labels: Labels) {
        let (scheme, member) = forge == .gitHub ? ("token", "login") : ("Bearer", "username")
        let authorization = "\(scheme) \(token)"
        let answer = try await http.get("\(api)/user", authorization: authorization)
        guard answer.status == 200, let account = answer.json?[member]?.string, !account.isEmpty else {
            throw BackendFailure(problem: "/user answered \(answer.status) and no name", isOutage: false)
        }
        guard let organization else { return (account, .none) }
        switch forge {
        case .gitHub:
            try await checkMembership(of: account, in: organization, authorization)
            return (account, Labels([("teams", try await teams(of: organization, authorization))]))
        case .gitLab:
            let groups = try await groups(authorization)
            guard groups.contains(where: { $0.utf8.elementsEqual(organization.utf8) }) else {
                throw Self.stranger(account, organization)
            }
            return (account, Labels([("groups", groups)]))
        }
    }

    private static func stranger(_ account: String, _ organization: String) -> BackendFailure {
        BackendFailure(
            problem: "could not validate organization: user \(account) is not a member of organization \(organization)",
            isOutage: false)
    }

    private func checkMembership(
        of account: String, in organization: String, _ authorization: String
    ) async throws(BackendFailure) {
        let place = "\(api)/orgs/\(PercentEncoding.encoded(organization))/members/\(PercentEncoding.encoded(account))"
        let answer = try await http.get(place, authorization: authorization)
        switch answer.status {
        case 204: return
        case 404: throw Self.stranger(account, organization)
        case 302:
            throw BackendFailure(
                problem: "could not validate organization: the token may not ask for members of \(organization)",
                isOutage: false)
        default:
            throw BackendFailure(
                problem: "could not validate organization: the question for members answered \(answer.status)",
                isOutage: false)
        }
    }

    /// The slugs of the teams in the organization, and of the teams above them.
    private func teams(of organization: String, _ authorization: String) async throws(BackendFailure) -> [String] {
        var slugs: [String] = []
        var page: String? = "\(api)/user/teams?per_page=100"
        for _ in 0..<Self.pageLimit {
            guard let place = page else { break }
            // The token goes nowhere else, whatever the answer says.
            guard place.hasPrefix("\(api)/") else { break }
            let answer = try await http.get(place, authorization: authorization)
            guard answer.status == 200, let teams = answer.json?.array else {
                throw BackendFailure(problem: "could not read teams: it answered \(answer.status)", isOutage: false)
            }
            for team in teams {
                guard let login = team["organization"]?["login"]?.string,
                    login.lowercased() == organization.lowercased()
                else { continue }
                slugs += [team["slug"], team["parent"]?["slug"]].compactMap { $0?.string }
            }
            page = answer.next
        }
        return slugs
    }

    /// The paths of the groups that somebody is in, also by a group above.
    private func groups(_ authorization: String) async throws(BackendFailure) -> [String] {
        let answer = try await http.get("\(web)/oauth/userinfo", authorization: authorization)
        guard answer.status == 200, let groups = answer.json?["groups"]?.strings else {
            throw BackendFailure(
                problem:
                    "could not read groups: /oauth/userinfo answered \(answer.status); has the application the scope openid?",
                isOutage: false)
        }
        return groups
    }
}

internal import BundleConfig
internal import BundleLog
internal import HTTPService
internal import HTTPTypes
internal import Logging
internal import Synchronization

/// The page of a provider: a link to it, and, when the browser comes back, a password for docker.
final class BrowserSignIn: Sendable {
    /// Sign-ins that ask the provider at the same time.
    private static let limit = 64

    private let provider: any SignInProvider
    private let store: any SignInStore
    private let pool: PasswordPool
    private let settings: BrowserSettings
    private let now: @Sendable () -> Int64
    private let present = Atomic<Int>(0)

    init(
        _ provider: any SignInProvider, store: any SignInStore, pool: PasswordPool, settings: BrowserSettings,
        now: @escaping @Sendable () -> Int64
    ) {
        self.provider = provider
        self.store = store
        self.pool = pool
        self.settings = settings
        self.now = now
    }

    func answer(_ visit: BrowserVisit) async -> OutgoingAnswer {
        let form = FormValues(visit.request.query.utf8)
        guard ["GET", "HEAD"].contains(visit.request.method) else {
            return .refusal(.badRequest, "Invalid auth request")
        }
        do throws(SignInRefusal) {
            let code = form.first("code")
            if !code.isEmpty { return try await finish(visit, code: code, state: form.first("state")) }
            if !form.first("error").isEmpty {
                throw SignInRefusal(
                    400, "\(provider.title) has refused the sign-in", log: "the provider has refused it")
            }
            return try await begin(visit)
        } catch {
            visit.logger.notice(
                "\(provider.name): a sign-in from \(visit.remote) came to nothing: \(error.problem)",
                metadata: [LogField.remote: .string(visit.remote), LogField.status: .stringConvertible(error.status)])
            var answer = OutgoingAnswer.refusal(.init(code: error.status), error.text)
            SignInPage.protect(&answer)
            return answer
        }
    }

    // MARK: There

    private func begin(_ visit: BrowserVisit) async throws(SignInRefusal) -> OutgoingAnswer {
        let flow = SignInFlow(backend: provider.name, now: now())
        let url: String
        do throws(BackendFailure) {
            url = try await provider.authorizationURL(flow, redirect: redirect(visit), now: now())
        } catch {
            throw .unreachable(provider.title, error)
        }
        var answer = SignInPage.link(to: url, settings)
        answer.headers[.setCookie] = cookie("\(flow.cookie)", age: SignInFlow.lifetime)
        return answer
    }

    /// Where the provider sends the browser back to: as the file says, else to this page as the browser has called it. A
    /// host that somebody has made up is one that the provider does not know.
    private func redirect(_ visit: BrowserVisit) -> String {
        if let redirect = settings.redirect { return redirect }
        guard settings.derivesRedirect else { return "" }
        return "\(visit.origin)\(visit.prefix)/\(provider.name)"
    }

    /// `__Host-`: of this host alone, over TLS (or on this machine). Lax: the provider's redirect must bring it along.
    /// - Source: RFC 6265bis, section 4.1.3.2.
    private var cookieName: String { "__Host-dockmaster-\(provider.name)" }

    private func cookie(_ value: String, age: Int64) -> String {
        "\(cookieName)=\(value); Path=/; Max-Age=\(age); HttpOnly; Secure; SameSite=Lax"
    }

    // MARK: And back

    private func finish(
        _ visit: BrowserVisit, code: String, state: String
    ) async throws(SignInRefusal) -> OutgoingAnswer {
        let now = now()
        guard let flow = visit.cookie(cookieName).flatMap({ SignInFlow(cookie: $0, backend: provider.name, now: now) }),
            flow.takes(state: state, now: now)
        else {
            throw SignInRefusal(
                400, "This sign-in was not begun in this browser, is over, or took too long. Begin again.",
                log: "its state is not of this browser's cookie, or was used before")
        }
        guard present.wrappingAdd(1, ordering: .relaxed).newValue <= Self.limit else {
            present.wrappingSubtract(1, ordering: .relaxed)
            throw SignInRefusal(503, "Too many sign-ins are waiting, try again soon.")
        }
        defer { present.wrappingSubtract(1, ordering: .relaxed) }
        let person = try await provider.redeem(code, flow, redirect: redirect(visit), now: now)
        guard person.account.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") }),
            person.account.utf8.count <= 256
        else {
            throw SignInRefusal(
                403,
                "The provider's name for you cannot be an account: it holds a colon, a control "
                    + "character, or more than 256 bytes")
        }
        let password = try await give(person)
        visit.logger.info(
            "\(person.account) signed in by \(provider.name) in a browser from \(visit.remote)",
            metadata: [
                LogField.event: "browser_sign_in", LogField.user: .string(person.account),
                LogField.remote: .string(visit.remote), "authenticator": .string(provider.name),
            ])
        var answer = SignInPage.password(password, of: person.account, settings)
        answer.headers[.setCookie] = cookie("", age: 0)
        return answer
    }

    /// Makes a password and keeps its hash; the one before counts no more.
    private func give(_ person: ProvenPerson) async throws(SignInRefusal) -> String {
        let password = SignInRecord.makePassword()
        let cost = settings.hashCost
        guard let hash = await pool.run({ _ in BcryptHash.make(Secret(password), cost: cost) }) else {
            throw SignInRefusal(503, "Too many sign-ins are waiting, try again soon.")
        }
        guard let hash else { throw SignInRefusal(500, "Failed to record server token") }
        var record = person.record
        record.passwordHash = hash
        do throws(BackendFailure) {
            try await store.keep(record, of: person.account)
        } catch {
            throw SignInRefusal(
                error.isOutage ? 503 : 500, "Failed to record server token",
                log: "failed to record server token: \(error.problem)")
        }
        return password
    }
}

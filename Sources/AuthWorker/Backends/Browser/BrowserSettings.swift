internal import BundleConfig
internal import Foundation
internal import HTTPService
internal import Logging
internal import NIOSSL
internal import TextFormats

/// What the sections of all providers have in common: who we are to the provider, how the page looks, where passwords are kept.
struct BrowserSettings: Sendable {
    static let keys = [
        "client_id", "client_secret", "client_secret_file", "token_db", "level_token_db", "gcs_token_db",
        "redis_token_db", "http_timeout", "registry_url", "ca_certificate",
    ]

    /// The section.
    var provider: String
    var title: String
    var clientID: String
    var clientSecret: Secret
    /// Where the provider sends the browser back to.
    var redirect: String?
    /// Without `redirect`, the address by which the browser has called the page; otherwise the provider's own choice.
    var derivesRedirect = false
    var organization: String?
    /// The provider's page where access is revoked.
    var revocation: String?
    /// For the commands that are shown.
    var registry: String?
    var place: SignInPlace
    var hashCost: Int
    var time: Duration
    var authority: String?

    /// Nil when something that is needed is absent.
    init?(_ node: ConfigurationNode, provider: String, title: String, reading: inout ConfigurationReading) {
        let before = reading.errors.count
        let id = reading.required("client_id", of: node, example: "ID, as the provider has given it")
        let secret = Self.secret(node, reading: &reading)
        let place = SignInPlace(node, reading: &reading)
        time = Self.time("http_timeout", of: node, default: .seconds(10), reading: &reading)
        registry = reading.text("registry_url", of: node)
        authority = reading.authority(node)
        hashCost = place?.hashCost ?? BcryptHash.standardCost
        guard let id, let secret, let place, reading.errors.count == before else { return nil }
        self.provider = provider
        self.title = title
        clientID = id
        clientSecret = secret
        self.place = place
    }

    var http: ProviderHTTP { ProviderHTTP(time: time, trust: trust) }

    /// What the provider's certificate is verified with; nil for the system's authorities.
    var trust: TLSConfiguration? {
        authority.map { path in
            var trust = TLSConfiguration.makeClientConfiguration()
            trust.trustRoots = .file(path)
            return trust
        }
    }

    func make(_ profile: OpenIDProvider.Profile, _ context: BackendContext) -> Backend {
        let issuer = WorkloadIssuer(url: profile.issuer, time: time, trust: trust, logger: context.logger)
        return make(OpenIDProvider(profile: profile, issuer: issuer, http: http), context)
    }

    func make(_ provider: any SignInProvider, _ context: BackendContext) -> Backend {
        let now: @Sendable () -> Int64 = { Int64(UTCTime.now().seconds) }
        let store: any SignInStore
        do throws(BackendFailure) {
            store = try place.open(for: self.provider, context)
        } catch {
            context.logger.error("\(self.provider): \(error.problem)")
            return Backend(authenticator: BrokenBackend(name: self.provider, failure: error))
        }
        let page = BrowserSignIn(provider, store: store, pool: context.pool, settings: self, now: now)
        return Backend(
            authenticator: BrowserAuthenticator(
                provider, store: store, hashes: PasswordHashes(pool: context.pool), logger: context.logger, now: now),
            page: BackendPage(name: self.provider) { await page.answer($0) },
            forget: { account throws(BackendFailure) in try await store.remove(account) })
    }

    // MARK: Reading

    private static func secret(_ node: ConfigurationNode, reading: inout ConfigurationReading) -> Secret? {
        if let path = reading.text("client_secret_file", of: node), let value = node["client_secret_file"] {
            return reading.secretFile(path, at: value)
        }
        return reading.required("client_secret", of: node, example: "SECRET, or client_secret_file: PATH")
            .map { Secret($0) }
    }

    /// A negative time is docker_auth's way to write the default.
    static func time(
        _ key: String, of node: ConfigurationNode, default standard: Duration, reading: inout ConfigurationReading
    ) -> Duration {
        guard let value = node[key], !value.isNull else { return standard }
        if let text = try? value.string(), text.hasPrefix("-") {
            reading.warn(value.refused("is negative, which stands for the default", remedy: "Remove it"))
            return standard
        }
        return reading.time(
            key, of: node, default: standard, within: .milliseconds(100)...Duration.seconds(86_400 * 30))
    }

    /// An address of a provider that secrets may travel to; without a slash at the end.
    static func address(
        _ key: String, of node: ConfigurationNode, default standard: String, reading: inout ConfigurationReading
    ) -> String {
        guard let text = reading.text(key, of: node), let value = node[key] else { return standard }
        guard reading.isTrustworthy(text, at: value, without: "?#\"<>", remedy: "Write \(key): \(standard)") else {
            return standard
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// The address that the provider sends the browser back to.
    mutating func readRedirect(_ key: String, of node: ConfigurationNode, reading: inout ConfigurationReading) {
        guard let text = reading.text(key, of: node), let value = node[key] else { return }
        redirect = text
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
            reading.refuse(
                value.refused("is no address", remedy: "Write \(key): https://registry.example/authserver/\(provider)"))
            return
        }
        if text.hasPrefix("http://"), !WorkloadRule.isLoopback(text) {
            reading.warn(
                value.refused(
                    "is without TLS: browsers keep no cookie of this sign-in there, and it cannot succeed",
                    remedy: "Write https://"))
        }
    }
}

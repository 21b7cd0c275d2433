/// What `run/proxy.yml` says: rendered by the supervisor, read by the proxy worker.
///
/// Secret: it holds the TLS keys themselves, so that a reload takes certificate and key in one atomic step. Mode 0600.
package struct ProxyConfiguration: Sendable, Equatable {
    /// A public socket. The supervisor binds it and passes it on under `name` (LISTEN_FDNAMES).
    package struct Listener: Sendable, Equatable {
        package var name: String
        /// An address to bind, such as `::` (both families) or `127.0.0.1`.
        package var address: String
        package var port: Int
        package var tls: Bool

        package init(name: String, address: String, port: Int, tls: Bool) {
            self.name = name
            self.address = address
            self.port = port
            self.tls = tls
        }
    }

    /// A certificate chain with its key, and the host names (`*.` wildcards too) that it is chosen for by SNI.
    package struct Certificate: Sendable, Equatable {
        package var names: [String]
        /// PEM, the leaf first.
        package var chain: String
        /// PEM.
        package var key: Secret
        /// Where both come from: the proxy watches these files and takes up what they hold later.
        package var files: Files?

        package struct Files: Sendable, Equatable {
            package var chain: String
            package var key: String
            /// Whether they may not be there yet: what stands in the configuration is served until they are.
            package var isAwaited: Bool

            package init(chain: String, key: String, isAwaited: Bool = false) {
                self.chain = chain
                self.key = key
                self.isAwaited = isAwaited
            }
        }

        package init(names: [String], chain: String, key: Secret, files: Files? = nil) {
            self.names = names
            self.chain = chain
            self.key = key
            self.files = files
        }
    }

    /// Where requests whose path begins with `prefix` go: exactly one of upstream, docroot and redirect.
    package struct Route: Sendable, Equatable {
        package var prefix: String
        /// Host names it applies to; empty means every host.
        package var hosts: [String]
        /// Whether the prefix, but for its last slash, is removed before the upstream sees the path.
        package var strip: Bool
        package var upstream: String?
        package var docroot: String?
        package var redirect: String?
        /// Response headers to set.
        package var headers: [String: String]
        /// Whom it serves.
        package var addresses: AddressRules
        /// Who has to sign in for its files; nil for nobody.
        package var signIn: RouteSignIn?

        package init(
            prefix: String, hosts: [String] = [], strip: Bool = false, upstream: String? = nil, docroot: String? = nil,
            redirect: String? = nil, headers: [String: String] = [:], addresses: AddressRules = AddressRules(),
            signIn: RouteSignIn? = nil
        ) {
            self.prefix = prefix
            self.hosts = hosts
            self.strip = strip
            self.upstream = upstream
            self.docroot = docroot
            self.redirect = redirect
            self.headers = headers
            self.addresses = addresses
            self.signIn = signIn
        }
    }

    /// A worker or another HTTP server behind the proxy, or several that stand for each other.
    package struct Upstream: Sendable, Equatable {
        package static let defaultHealthInterval = Duration.seconds(5)

        package var name: String
        /// Paths of unix sockets, or `host:port`; at least one. Several take turns.
        package var sockets: [String]
        /// Those that are asked while none of `sockets` is there.
        package var backups: [String] = []
        /// The path that answers 200 when it is ready.
        package var health: String
        /// How often each of several is asked for `health`. Of one alone nobody asks but who asks the proxy.
        package var healthInterval = Self.defaultHealthInterval

        package init(name: String, sockets: [String], health: String = "/healthz") {
            self.name = name
            self.sockets = sockets
            self.health = health
        }

        package init(name: String, socket: String, health: String = "/healthz") {
            self.init(name: name, sockets: [socket], health: health)
        }
    }

    package var domain: String
    package var listeners: [Listener]
    package var certificates: [Certificate]
    /// nil: clients are not asked for certificates.
    package var clientCertificates: ClientCertificates?
    package var routes: [Route]
    package var upstreams: [Upstream]
    /// Whether the listeners without TLS answer with a redirect to https.
    package var httpRedirect: Bool
    /// The port that the redirect names.
    package var httpsPort: Int
    /// The max-age of Strict-Transport-Security; nil sends none.
    package var hsts: Duration?
    package var limits: ProxyLimits
    package var logLevel: String
    /// Whom the proxy serves at all.
    package var addresses = AddressRules()
    /// What pushes and deletions are told while the registry is read-only; nil when it is not.
    package var readOnly: String?
    /// What everybody is told who asks an upstream; nil when they are served.
    package var maintenance: String?
    /// The administrators' unix socket: `/metrics` and `/status`. Nil opens none.
    package var adminSocket: String?
    /// An address and port where `/metrics` alone is served too.
    package var metrics: String?

    /// The folder with what an ACME authority is answered: `http-01/TOKEN`, `tls-alpn-01/HOST.pem`. Nil when none is asked.
    package var acmeChallenges: String?

    /// The folders that the proxy reads: of the files that it serves, and of certificates.
    package var folders: [String] {
        let files = certificates.compactMap(\.files).flatMap { [$0.chain, $0.key] }.map(FilePath.parent(of:))
        return Set(routes.compactMap(\.docroot) + files).sorted()
    }

    package init(
        domain: String, listeners: [Listener], certificates: [Certificate], routes: [Route], upstreams: [Upstream],
        httpRedirect: Bool = true, httpsPort: Int, hsts: Duration? = .seconds(63_072_000),
        limits: ProxyLimits = ProxyLimits(), logLevel: String = "info"
    ) {
        self.domain = domain
        self.listeners = listeners
        self.certificates = certificates
        self.routes = routes
        self.upstreams = upstreams
        self.httpRedirect = httpRedirect
        self.httpsPort = httpsPort
        self.hsts = hsts
        self.limits = limits
        self.logLevel = logLevel
    }
}

// The workers' files.

extension BundleConfiguration {
    /// auth.yml, registry.yml and proxy.yml, and acme.yml where certificates come by ACME, for the run folder.
    ///
    /// A plain password keeps the hash that the present auth.yml has for it, so that a reload without changes changes no
    /// file.
    /// - Cost: 50 to 100 ms for each plain password (bcrypt). Not for the cooperative pool.
    /// - Throws: when what a first start makes is not there yet, or cannot be read.
    package func rendered() throws -> [RenderedFile] {
        guard startsBundle else { return [] }
        let auth = try authDocument()
        let rendered = [
            RenderedFile(path: files.authFile, document: auth),
            RenderedFile(path: files.registryFile, document: registryDocument(auth: auth)),
            RenderedFile(path: files.proxyFile, document: try proxyConfiguration().node()),
        ]
        guard let acme = tls.acme else { return rendered }
        return rendered + [RenderedFile(path: files.acmeFile, document: acme.node())]
    }

    // MARK: auth.yml

    private func authDocument() throws -> ConfigurationNode {
        let generated = ConfigurationNode.mapping([
            (
                "server",
                .mapping([
                    ("addr", .string(files.authSocket)), ("net", .string("unix")),
                    ("real_ip_header", .string("X-Real-IP")),
                ])
            ),
            (
                "token",
                .mapping([
                    ("issuer", .string(domain)), ("expiration", .integer(900)),
                    ("certificate", .string(files.tokenCertificate)), ("key", .string(files.tokenKey)),
                ])
            ),
            ("database", .string(files.authDatabase)),
        ])
        var settings = authSettings
        if case .mapping(let entries) = settings.value {
            settings.value = .mapping(entries.filter { $0.key != "users" && $0.key != "acl" })
        }
        let present = presentHashes()
        var users: [(String, ConfigurationNode)] = []
        for account in accounts { users.append((account.name, try userNode(account, present: present))) }
        return generated.merging(settings).merging(.mapping([("users", .mapping(users)), ("acl", acl)]))
    }

    private func userNode(_ account: UserAccount, present: [String: String]) throws -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = []
        switch account.password {
        case .none: break
        case .hash(let hash): pairs.append(("password", .string(hash)))
        case .plain(let secret):
            pairs.append(("password", .string(try hash(of: secret, account, present[account.name]))))
        case .file(let path):
            let secret: Secret
            do {
                secret = try GeneratedPassword.read(path)
            } catch {
                throw ConfigurationError(
                    file: file, key: "users.\(account.name)", problem: error.problem,
                    remedy: "Start the bundle once, which makes it, or make it yourself with mode 0600")
            }
            let isHash = BcryptHash(secret.reveal()) != nil
            let hash = isHash ? secret.reveal() : try hash(of: secret, account, present[account.name])
            pairs.append(("password", .string(hash)))
        }
        if let labels = account.labels { pairs.append(("labels", labels)) }
        return .mapping(pairs)
    }

    private func hash(of secret: Secret, _ account: UserAccount, _ present: String?) throws -> String {
        if let present, let hash = BcryptHash(present), hash.cost == BcryptHash.standardCost, hash.verifies(secret) {
            return present
        }
        guard let hash = BcryptHash.make(secret) else {
            throw ConfigurationError(
                file: file, key: "users.\(account.name)", problem: "has a password that the C library cannot hash",
                remedy: "Give a bcrypt hash in its place")
        }
        return hash
    }

    /// The hashes of the auth.yml that stands in the run folder; none when it cannot be read.
    private func presentHashes() -> [String: String] {
        guard let text = try? PrivateFile.read(files.authFile),
            let users = try? ConfigurationNode.parse(text, file: nil)["users"]?.mapping()
        else { return [:] }
        var hashes: [String: String] = [:]
        for (name, node) in users { hashes[name] = (try? node.string("password")) ?? nil }
        return hashes
    }

    // MARK: registry.yml

    private func registryDocument(auth: ConfigurationNode) -> ConfigurationNode {
        let text = { (key: String) in ((try? auth["token"]?.string(key)) ?? nil) ?? "" }
        let purging = ConfigurationNode.mapping([
            ("enabled", .bool(true)), ("age", .string("168h")), ("interval", .string("24h")), ("dryrun", .bool(false)),
        ])
        var storage: [(String, ConfigurationNode)] = [
            ("delete", .mapping([("enabled", .bool(true))])),
            ("maintenance", .mapping([("uploadpurging", purging)])),
        ]
        let drivers = ["inmemory", "s3", "azure", "gcs", "swift", "oss", "rados"]
        if !drivers.contains(where: { registrySettings["storage"]?[$0]?.isNull == false }) {
            storage.insert(("filesystem", .mapping([("rootdirectory", .string(files.images))])), at: 0)
        }
        let token = ConfigurationNode.mapping([
            ("realm", .string("https://\(authority)/authserver/auth")), ("service", .string(domain)),
            ("issuer", .string(text("issuer"))), ("rootcertbundle", .string(text("certificate"))),
        ])
        let generated = ConfigurationNode.mapping([
            ("version", ConfigurationNode(.scalar("0.1", plain: true))),
            ("log", .mapping([("level", .string("info"))])),
            ("storage", .mapping(storage)),
            (
                "http",
                .mapping([
                    ("addr", .string(files.registrySocket)), ("net", .string("unix")), ("relativeurls", .bool(true)),
                ])
            ),
            ("auth", .mapping([("token", token)])),
        ])
        return generated.merging(registrySettings)
    }

    /// Where images are stored, as registry.yml will say.
    package var images: String {
        ((try? registrySettings["storage"]?["filesystem"]?.string("rootdirectory")) ?? nil) ?? files.images
    }

    /// The folder behind `/`.
    package var docroot: String { proxy.docroot ?? files.docroot }

    // MARK: proxy.yml

    /// The folders that the proxy reads besides its own: those of files that it serves, and of certificates.
    package var proxyFolders: [String] {
        let rendered = (try? proxyConfiguration())
        return rendered.map(\.folders) ?? []
    }

    private func proxyConfiguration() throws -> ProxyConfiguration {
        var rendered = ProxyConfiguration(
            domain: domain, listeners: listeners, certificates: try servedCertificates(), routes: routes,
            upstreams: [
                .init(name: "auth", socket: files.authSocket), .init(name: "registry", socket: files.registrySocket),
            ] + proxy.upstreams,
            httpRedirect: proxy.redirect, httpsPort: httpsPort, hsts: proxy.hsts, limits: proxy.limits,
            logLevel: proxy.logLevel)
        rendered.certificates += tls.certificates
        rendered.clientCertificates = tls.clientCertificates
        rendered.addresses = proxy.addresses
        rendered.readOnly = proxy.readOnly
        rendered.maintenance = proxy.maintenance
        rendered.adminSocket = files.proxyAdminSocket
        rendered.metrics = proxy.metrics
        rendered.acmeChallenges = tls.acme?.folders.challenges
        return rendered
    }

    private var routes: [ProxyConfiguration.Route] {
        let routes =
            proxy.routes ?? [
                .init(prefix: "/authserver/", strip: true, upstream: "auth"),
                .init(prefix: "/v2/", upstream: "registry"),
                .init(prefix: "/", docroot: docroot),
            ]
        return routes.map { route in
            var route = route
            route.headers.merge(proxy.headers) { own, _ in own }
            return route
        }
    }

    /// With ACME, the files that its worker writes; until they are there, and for names that are left out, the bundle's own.
    private func servedCertificates() throws -> [ProxyConfiguration.Certificate] {
        let base = try baseCertificate()
        guard let acme = tls.acme else { return [base] }
        var issued = base
        issued.names = acme.domains
        issued.files = .init(chain: acme.chainFile, key: acme.keyFile, isAwaited: true)
        guard !([domain] + serverAliases).allSatisfy(acme.domains.contains) else { return [issued] }
        var others = base
        others.names.removeAll(where: acme.domains.contains)
        return [issued, others]
    }

    /// Whether one of `tls.certificates` is for a host, which the bundle's own then yields to: nobody trusts that by itself.
    private func isGiven(_ host: String) -> Bool {
        tls.certificates.contains { $0.names.contains { HostName.matches(host, pattern: $0) } }
    }

    private func baseCertificate() throws -> ProxyConfiguration.Certificate {
        switch certificate {
        case .given(let chain, let key, let names, let files):
            return .init(names: names, chain: chain, key: key, files: files)
        case .own:
            do {
                return .init(
                    names: certificateNames.filter { !isGiven($0) }, chain: try PrivateFile.read(files.serverChain),
                    key: Secret(try PrivateFile.read(files.serverKey)))
            } catch {
                throw ConfigurationError(
                    key: "ssl_cert", problem: error.problem, remedy: "Start the bundle once, which makes it")
            }
        }
    }
}

import FoundationEssentials

/// Reads a bundle's document: from its file, translated from a pillar, or the embedded default.
struct BundleReader {
    static let keys = [
        "domain", "server_aliases", "ssl_cert", "ssl_key", "tls", "users", "acl", "allow_anonymous", "data", "logs",
        "run", "auth", "registry", "proxy", "bundle", "include", "env", "supervisor", "watchers", "sockets", "plugins",
    ]
    /// What only a registry needs.
    private static let bundleKeys = [
        "domain", "server_aliases", "ssl_cert", "ssl_key", "tls", "users", "acl", "allow_anonymous", "data",
        "auth", "registry", "proxy",
    ]

    let source: BundleSource
    let document: ConfigurationNode
    let options: BundleOptions
    let environment: BundleEnvironment
    let problems = ConfigurationProblems()
    var warnings: [ConfigurationError] = []

    init(
        source: BundleSource, document: ConfigurationNode, options: BundleOptions, environment: BundleEnvironment
    ) {
        self.source = source
        self.document = document
        self.options = options
        self.environment = environment
    }

    /// The configuration; nil when the problems leave none to show.
    mutating func read() -> BundleConfiguration? {
        guard document.isMapping || document.isNull else {
            problems.add([document.refused("must be a mapping", remedy: "Begin with a key such as domain:")])
            return nil
        }
        problems.add(document.unknownKeys(Self.keys))
        let startsBundle = problems.attempt { try document.bool("bundle") } ?? nil
        guard startsBundle ?? true else { return readServices() }
        let domain = readDomain()
        let aliases = readAliases()
        let data = folder(options.data, "data", source.inferredData ?? EmbeddedDefault.data)
        let logs = folder(options.logs, "logs", EmbeddedDefault.logs)
        let run = folder(options.run, "run", EmbeddedDefault.run)
        checkRun(run)

        var certificate = readCertificate(domain: domain, aliases: aliases)
        let auth = section("auth")
        let registry = section("registry")
        checkAuth(auth)
        checkRegistry(registry, auth: auth, domain: domain)
        let users = readUsers(data: data, auth: auth)
        let acl = readAccessList(auth: auth)
        var proxy = ProxySettingsReader(options: options)
        proxy.read(section("proxy"))
        problems.add(proxy.problems.errors)
        warnings += proxy.warnings
        var tls = readTLS(
            TLSSurroundings(
                domain: domain, aliases: aliases, listeners: proxy.listeners, files: BundleFiles(data: data, run: run),
                base: base, environment: environment,
                givenCertificate: document.present("ssl_cert") ?? document.present("ssl_key")))
        warnUnserved(certificate, tls)
        certificate = adopt(certificate, &tls, domain: domain)
        checkClients(auth, tls)
        checkSecrecy(plain: users.firstPlain)
        let services = services(WorkerChanges.workers(tls), FolderPlaceholders(data: data, run: run, logs: logs))

        let withFile = users.accounts.first { $0.passwordFile != nil }
        return BundleConfiguration(
            domain: domain, serverAliases: aliases, data: data, logs: logs, run: run, listeners: proxy.listeners,
            adminUser: withFile?.name, adminPasswordFile: withFile?.passwordFile,
            certificateAuthority: certificate == .own && tls.acme == nil
                ? BundleFiles(data: data, run: run).authority : nil,
            warnings: warnings, file: source.file, services: services, certificate: certificate,
            accounts: users.accounts, acl: acl, authSettings: auth, registrySettings: registry, proxy: proxy.settings,
            tls: tls)
    }

    /// `bundle: false`: only what `watchers:` names.
    private mutating func readServices() -> BundleConfiguration {
        for key in Self.bundleKeys {
            guard let node = document.present(key) else { continue }
            warnings.append(node.refused("is for a registry, and bundle: false runs none", remedy: "Remove it"))
        }
        let data = folder(options.data, "data", EmbeddedDefault.data)
        let logs = folder(options.logs, "logs", EmbeddedDefault.logs)
        let run = folder(options.run, "run", EmbeddedDefault.run)
        checkRun(run)
        let services = services([], FolderPlaceholders(data: data, run: run, logs: logs))
        if services.watchers.isEmpty, problems.errors.isEmpty {
            problems.add([
                (document["watchers"] ?? document["bundle"] ?? document).refused(
                    "names nothing to run", remedy: "Add a watcher, such as watchers: {web: {cmd: …}}")
            ])
        }
        return BundleConfiguration(
            domain: EmbeddedDefault.domain, serverAliases: [], data: data, logs: logs, run: run, listeners: [],
            warnings: warnings, file: source.file, startsBundle: false, services: services, certificate: .own,
            accounts: [], acl: .null, authSettings: .null, registrySettings: .null, proxy: ProxySettings())
    }

    /// The folder from which paths of the document are meant.
    var base: String { source.file.map(FilePath.parent(of:)) ?? "/" }

    private mutating func readTLS(_ surroundings: TLSSurroundings) -> TLSSettings {
        var reader = TLSSettingsReader()
        reader.read(section("tls"), surroundings)
        problems.add(reader.problems.errors)
        warnings += reader.warnings
        return reader.settings
    }

    private mutating func services(_ workers: [String], _ folders: FolderPlaceholders) -> Services {
        var reader = ServicesReader(document, workers: workers, folders: folders)
        let services = reader.read()
        problems.add(reader.problems.errors)
        warnings += reader.warnings
        return services
    }

    /// How anonymous access is asked for on purpose, or undone.
    var anonymousRemedy: String {
        source.isPillar
            ? "Remove it: a pillar's registry has no anonymous access"
            : "Remove it, or say allow_anonymous: true if that is meant"
    }

    private mutating func readDomain() -> String {
        let node = document["domain"]
        let given = problems.attempt { try options.domain ?? document.string("domain") } ?? nil
        let domain = given ?? EmbeddedDefault.domain
        guard HostName.isValid(domain) else {
            let place = options.domain == nil ? node ?? document : ConfigurationNode(.null, path: "--domain")
            problems.add([
                place.refused(
                    "\"\(domain)\" is not a host name",
                    remedy: "Write the name alone, without scheme, port and path, such as registry.example.test")
            ])
            return EmbeddedDefault.domain
        }
        return HostName.canonical(domain)
    }

    private mutating func readAliases() -> [String] {
        guard let node = document["server_aliases"] else { return [] }
        var aliases: [String] = []
        for element in problems.attempt({ try node.sequence() }) ?? [] {
            guard let name = problems.attempt({ try element.string() }) else { continue }
            let plain = name.hasPrefix("*.") ? String(name.dropFirst(2)) : name
            guard HostName.isValid(plain) else {
                problems.add([
                    element.refused("\"\(name)\" is not a host name", remedy: "Write names such as www.example.test")
                ])
                continue
            }
            aliases.append(HostName.canonical(name))
        }
        return aliases
    }

    /// An absolute path: of the command line (from the working folder), of the file (from its folder), or the default.
    private mutating func folder(_ option: String?, _ key: String, _ fallback: String) -> String {
        let given = problems.attempt { try document.string(key) } ?? nil
        if let option { return FilePath.absolute(option, from: FilePath.workingFolder()) }
        let base = source.file.map(FilePath.parent(of:)) ?? "/"
        return given.map { FilePath.absolute($0, from: base) } ?? fallback
    }

    private mutating func checkRun(_ run: String) {
        guard run.utf8.count > BundleFiles.runLimit else { return }
        let place = options.run == nil ? document["run"] ?? document : ConfigurationNode(.null, path: "--run")
        problems.add([
            place.refused(
                "is too long for the sockets in it (\(run.utf8.count) bytes)",
                remedy: "Name a folder of at most \(BundleFiles.runLimit) bytes")
        ])
    }

    private mutating func section(_ key: String) -> ConfigurationNode {
        guard let node = document[key], !node.isNull else { return ConfigurationNode(.null, path: key) }
        problems.attempt { _ = try node.mapping() }
        return node.isMapping ? node : ConfigurationNode(.null, path: key)
    }
}

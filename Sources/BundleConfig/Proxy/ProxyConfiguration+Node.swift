// proxy.yml, read and written.

extension ProxyConfiguration {
    static let keys = [
        "domain", "listeners", "certificates", "client_certificates", "routes", "upstreams", "http_redirect",
        "https_port", "hsts", "limits",
        "log_level", "allow", "deny", "read_only", "maintenance", "admin_socket", "metrics",
        "acme_challenges",
    ]

    /// Reads proxy.yml and checks that it holds together: every route's target exists, every TLS listener has a certificate.
    package init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(Self.keys)
        guard let domain = try node.string("domain") else {
            throw node.refused("lacks domain", remedy: "Name the host that clients use")
        }
        self.init(
            domain: domain,
            listeners: try (node["listeners"]?.sequence() ?? []).map(Listener.init),
            certificates: try (node["certificates"]?.sequence() ?? []).map(Certificate.init),
            routes: try (node["routes"]?.sequence() ?? []).map(Route.init),
            upstreams: try (node["upstreams"]?.sequence() ?? []).map(Upstream.init),
            httpRedirect: try node.bool("http_redirect") ?? true,
            httpsPort: try node.integer("https_port") ?? 443,
            hsts: try node.duration("hsts"),
            limits: try node["limits"].map(ProxyLimits.init) ?? ProxyLimits(),
            logLevel: try node.string("log_level") ?? "info")
        clientCertificates = try node.present("client_certificates").map(ClientCertificates.init)
        addresses = try AddressRules(node)
        readOnly = try ProxySentence.readOnly(node["read_only"])
        maintenance = try ProxySentence.maintenance(node["maintenance"])
        adminSocket = try node.string("admin_socket")
        metrics = try node.string("metrics")
        acmeChallenges = try node.string("acme_challenges")
        if listeners.contains(where: \.tls), certificates.isEmpty {
            throw node.refused("has a TLS listener but no certificate", remedy: "Add one below certificates")
        }
        for (index, route) in routes.enumerated() {
            if route.signIn != nil, !upstreams.contains(where: { $0.name == "auth" }) {
                throw try (node["routes"]?.sequence()[index] ?? node).refused(
                    "lets people sign in, but there is no upstream auth to ask", remedy: "Add it below upstreams")
            }
            if let name = route.upstream, !upstreams.contains(where: { $0.name == name }) {
                let known = upstreams.map(\.name).joined(separator: ", ")
                throw try (node["routes"]?.sequence()[index] ?? node)
                    .refused("names the upstream \(name), which is not there", remedy: "Known upstreams: \(known)")
            }
        }
    }

    package func node() -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [
            ("domain", .string(domain)),
            ("listeners", .list(listeners.map { $0.node() })),
            ("certificates", .list(certificates.map { $0.node() })),
            ("upstreams", .list(upstreams.map { $0.node() })),
            ("routes", .list(routes.map { $0.node() })),
            ("http_redirect", .bool(httpRedirect)),
            ("https_port", .integer(httpsPort)),
        ]
        if let clientCertificates { pairs.append(("client_certificates", clientCertificates.node())) }
        if let hsts { pairs.append(("hsts", .string(DurationText.text(hsts)))) }
        pairs.append(("limits", limits.node()))
        pairs.append(("log_level", .string(logLevel)))
        pairs += addresses.pairs()
        let texts = [
            ("read_only", readOnly), ("maintenance", maintenance), ("admin_socket", adminSocket), ("metrics", metrics),
            ("acme_challenges", acmeChallenges),
        ]
        pairs += texts.compactMap { key, text in text.map { (key, .string($0)) } }
        return .mapping(pairs)
    }
}

extension ProxyConfiguration.Listener {
    init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(["name", "address", "port", "tls"])
        let tls = try node.bool("tls") ?? true
        let port = try node.integer("port") ?? (tls ? 443 : 80)
        guard (1...65_535).contains(port) else {
            throw (node["port"] ?? node).refused("\(port) is not a port", remedy: "Write a number from 1 to 65535")
        }
        self.init(
            name: try node.string("name") ?? (tls ? "https" : "http"), address: try node.string("address") ?? "::",
            port: port, tls: tls)
    }

    func node() -> ConfigurationNode {
        .mapping([
            ("name", .string(name)), ("address", .string(address)), ("port", .integer(port)), ("tls", .bool(tls)),
        ])
    }
}

extension ProxyConfiguration.Certificate {
    init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(["names", "certificate", "key", "certificate_file", "key_file", "awaited"])
        guard let chain = try node.string("certificate"), let key = try node.string("key") else {
            throw node.refused("needs certificate and key", remedy: "Give both as PEM")
        }
        self.init(names: try node.strings("names") ?? [], chain: chain, key: Secret(key))
        switch (try node.string("certificate_file"), try node.string("key_file")) {
        case (nil, nil): break
        case (let chain?, let key?):
            files = Files(chain: chain, key: key, isAwaited: try node.bool("awaited") ?? false)
        default:
            throw node.refused("needs both of certificate_file and key_file, or none", remedy: "Give the other one too")
        }
    }

    func node() -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [
            ("names", .list(names.map { .string($0) })), ("certificate", .string(chain)),
            ("key", .string(key.reveal())),
        ]
        if let files {
            pairs += [("certificate_file", .string(files.chain)), ("key_file", .string(files.key))]
            if files.isAwaited { pairs.append(("awaited", .bool(true))) }
        }
        return .mapping(pairs)
    }
}

extension ProxyConfiguration.Route {
    package init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys([
            "prefix", "hosts", "strip", "upstream", "docroot", "redirect", "headers", "allow", "deny", "auth",
        ])
        var headers: [String: String] = [:]
        for (name, value) in try node["headers"]?.mapping() ?? [] { headers[name] = try value.string() }
        self.init(
            prefix: try node.string("prefix") ?? "/", hosts: try node.strings("hosts") ?? [],
            strip: try node.bool("strip") ?? false, upstream: try node.string("upstream"),
            docroot: try node.string("docroot"), redirect: try node.string("redirect"), headers: headers,
            addresses: try AddressRules(node), signIn: try node.present("auth").flatMap(RouteSignIn.init))
        guard prefix.hasPrefix("/") else {
            throw (node["prefix"] ?? node).refused("must begin with /", remedy: "Write /\(prefix)")
        }
        guard [upstream, docroot, redirect].compactMap(\.self).count == 1 else {
            throw node.refused(
                "needs exactly one of upstream, docroot and redirect", remedy: "Keep the one that is meant")
        }
        if signIn != nil, docroot == nil {
            throw (node["auth"] ?? node).refused(
                "is for files (docroot)", remedy: "Remove it; a service asks for passwords itself")
        }
    }

    package func node() -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [("prefix", .string(prefix))]
        if !hosts.isEmpty { pairs.append(("hosts", .list(hosts.map { .string($0) }))) }
        if strip { pairs.append(("strip", .bool(true))) }
        if let upstream { pairs.append(("upstream", .string(upstream))) }
        if let docroot { pairs.append(("docroot", .string(docroot))) }
        if let redirect { pairs.append(("redirect", .string(redirect))) }
        if !headers.isEmpty {
            let sorted = headers.sorted { $0.key < $1.key }
            pairs.append(("headers", .mapping(sorted.map { ($0.key, .string($0.value)) })))
        }
        pairs += addresses.pairs()
        if let signIn { pairs.append(("auth", signIn.node())) }
        return .mapping(pairs)
    }
}

extension ProxyConfiguration.Upstream {
    package init(_ node: ConfigurationNode) throws {
        try node.refuseUnknownKeys(["name", "socket", "sockets", "backups", "health", "health_interval"])
        let sockets: [String]
        switch (try node.string("socket"), try node.strings("sockets")) {
        case (let socket?, nil): sockets = [socket]
        case (nil, let several?) where !several.isEmpty: sockets = several
        case (.some, .some): throw node.refused("has both socket and sockets", remedy: "Keep sockets, with all of them")
        case (nil, _): throw node.refused("needs name and socket", remedy: "Give both, or sockets for several")
        }
        guard let name = try node.string("name") else {
            throw node.refused("needs name and socket", remedy: "Give both")
        }
        self.init(name: name, sockets: sockets, health: try node.string("health") ?? "/healthz")
        backups = try node.strings("backups") ?? []
        healthInterval = try ProxyLimits.timeout(node["health_interval"]) ?? healthInterval
        if let twice = (sockets + backups).first(where: { socket in (sockets + backups).count { $0 == socket } > 1 }) {
            throw node.refused("names the socket \(twice) twice", remedy: "Write each once")
        }
    }

    package func node() -> ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [("name", .string(name))]
        if sockets.count == 1 {
            pairs.append(("socket", .string(sockets[0])))
        } else {
            pairs.append(("sockets", .list(sockets.map { .string($0) })))
        }
        if !backups.isEmpty { pairs.append(("backups", .list(backups.map { .string($0) }))) }
        pairs.append(("health", .string(health)))
        if healthInterval != Self.defaultHealthInterval {
            pairs.append(("health_interval", .string(DurationText.text(healthInterval))))
        }
        return .mapping(pairs)
    }
}

/// Translates a makinacorpus pillar (`makina-projects.NAME: {data: {…}}`) into a bundle's document.
///
/// Every key below `data:` is honoured, or refused or warned about with the reason. Nodes keep their place in the pillar,
/// so that whatever is refused later names the pillar's own key and line.
/// Source: makinacorpus/corpus-dockerregistry, `.salt/PILLAR.sample`.
struct PillarReader {
    static let keys = [
        "domain", "server_aliases", "ssl_cert", "ssl_key", "registry", "host", "port", "auth_address", "auth_port",
        "conf",
        "nginx_loglevel", "nginx_upstreams", "nginx_vhost", "images", "www_dir", "force_ssl", "auth_server", "users",
        "binaries", "acl", "configs",
    ]

    let source: BundleSource
    let options: BundleOptions
    let environment: BundleEnvironment
    let problems = ConfigurationProblems()
    var warnings: [ConfigurationError] = []

    init(source: BundleSource, options: BundleOptions, environment: BundleEnvironment) {
        self.source = source
        self.options = options
        self.environment = environment
    }

    /// `{data_root}`: the data folder, as the reader of the bundle finds it too.
    var dataRoot: String {
        if let data = options.data { return FilePath.absolute(data, from: FilePath.workingFolder()) }
        return source.inferredData ?? EmbeddedDefault.data
    }

    /// The bundle's document; nil when there is no project to read. Whatever is wrong is in `problems`.
    mutating func bundle() -> ConfigurationNode? {
        guard let (name, data) = projectData() else { return nil }
        problems.add(data.unknownKeys(Self.keys))
        let placeholders = placeholders(name: name, data: data)
        let expanded = expand(data, placeholders, strict: true)
        checkIgnored(expanded, placeholders)

        var pairs: [(String, ConfigurationNode)] = []
        for key in ["domain", "server_aliases", "ssl_cert", "ssl_key", "acl"] {
            if let node = expanded[key] { pairs.append((key, node)) }
        }
        if let users = expanded["users"] { pairs.append(("users", translatedUsers(users))) }
        refuseMarks(.mapping(pairs))
        pairs.append(("auth", authSection(expanded)))
        pairs.append(("registry", registrySection(expanded, original: data)))
        pairs.append(("proxy", proxySection(expanded)))
        return ConfigurationNode(
            .mapping(pairs.map { ConfigurationNode.Entry(key: $0.0, value: $0.1) }), path: data.path, line: data.line,
            file: data.file)
    }

    /// The name and the `data:` of the one project.
    private mutating func projectData() -> (String, ConfigurationNode)? {
        let prefix = "makina-projects."
        var found: (String, ConfigurationNode)?
        for key in keys(of: source.document) {
            guard let node = source.document[key] else { continue }
            guard key.hasPrefix(prefix) else {
                warnings.append(node.refused("is Salt's, and not read", remedy: "Nothing need be done"))
                continue
            }
            guard found == nil else {
                problems.add([
                    node.refused(
                        "is a second project", remedy: "Keep one makina-projects.NAME; a bundle is one registry")
                ])
                continue
            }
            found = (String(key.dropFirst(prefix.count)), node)
        }
        guard let (name, project) = found else { return nil }
        for key in keys(of: project) where key != "data" {
            guard let node = project[key] else { continue }
            warnings.append(node.refused("is Salt's, and not read", remedy: "Settings stand below data:"))
        }
        guard let data = project["data"], data.isMapping else {
            problems.add([project.refused("lacks data", remedy: "Put the settings below data:")])
            return nil
        }
        return (name, data)
    }

    /// A mapping's keys; none, and the problem kept, for anything else.
    private func keys(of node: ConfigurationNode) -> [String] {
        problems.attempt { try node.mapping().map(\.key) } ?? []
    }

    // MARK: Placeholders

    private func placeholders(name: String, data: ConfigurationNode) -> PillarPlaceholders {
        let text = { (key: String) in data[key].flatMap { $0.isNull ? nil : try? $0.string() } }
        let base = [
            "data_root": dataRoot, "name": name, "user": environment.user, "fqdn": environment.hostName,
            "host": text("host") ?? "127.0.0.1", "port": text("port") ?? "5000",
        ]
        let domain = options.domain ?? text("domain") ?? EmbeddedDefault.domain
        return PillarPlaceholders(
            values: base.merging(["domain": PillarPlaceholders(values: base).expand(domain)]) { $1 })
    }

    /// Every text below a node expanded.
    /// - Parameter strict: whether a placeholder that has no value is refused; passwords and patterns may hold braces.
    private mutating func expand(
        _ node: ConfigurationNode, _ placeholders: PillarPlaceholders, strict: Bool
    ) -> ConfigurationNode {
        var result = node
        switch node.value {
        case .null: break
        case .scalar(let text, let plain):
            var unknown: [String] = []
            result.value = .scalar(placeholders.expand(text) { unknown.append($0) }, plain: plain)
            guard strict else { break }
            problems.add(
                unknown.map { name in
                    node.refused(
                        "holds {\(name)}, which has no value",
                        remedy: "Known: \(placeholders.values.keys.sorted().map { "{\($0)}" }.joined(separator: ", "))")
                })
        case .sequence(let nodes):
            var expanded: [ConfigurationNode] = []
            for element in nodes { expanded.append(expand(element, placeholders, strict: strict)) }
            result.value = .sequence(expanded)
        case .mapping(let entries):
            var expanded: [ConfigurationNode.Entry] = []
            for entry in entries {
                let lenient = node.path.hasSuffix(".data") && ["users", "acl"].contains(entry.key)
                expanded.append(
                    .init(key: entry.key, value: expand(entry.value, placeholders, strict: strict && !lenient)))
            }
            result.value = .mapping(expanded)
        }
        return result
    }

    // MARK: Users

    /// A stored password becomes a password file; everything else stays as it is.
    private func translatedUsers(_ users: ConfigurationNode) -> ConfigurationNode {
        guard case .mapping(var entries) = users.value else { return users }
        for index in entries.indices {
            guard case .mapping(var settings) = entries[index].value.value else { continue }
            for setting in settings.indices where settings[setting].key == "password" {
                guard let text = try? settings[setting].value.string(),
                    let name = SaltTemplate.storedPassword(text)
                else { continue }
                settings[setting].key = "password_file"
                settings[setting].value.value = .scalar(
                    "\(dataRoot)/configuration/stored_passwords/\(name)", plain: false)
            }
            entries[index].value.value = .mapping(settings)
        }
        var result = users
        result.value = .mapping(entries)
        return result
    }

    /// A stored password stands for a whole password, nothing else.
    private mutating func refuseMarks(_ node: ConfigurationNode) {
        switch node.value {
        case .null: return
        case .scalar(let text, _):
            guard SaltTemplate.holdsMark(text) else { return }
            problems.add([
                node.refused("holds a generated password", remedy: "Use it as a user's whole password only")
            ])
        case .sequence(let nodes):
            for element in nodes { refuseMarks(element) }
        case .mapping(let entries):
            for entry in entries { refuseMarks(entry.value) }
        }
    }
}

// `tls.acme`: certificates by ACME.

/// Reads `tls.acme`.
struct ACMEReader {
    static let keys = [
        "email", "directory", "challenge", "domains", "trust", "key_type", "eab", "accept_terms",
    ]

    let surroundings: TLSSurroundings
    private(set) var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()

    init(surroundings: TLSSurroundings) {
        self.surroundings = surroundings
    }

    /// - Returns: nil when the problems leave nothing to ask for.
    mutating func read(_ node: ConfigurationNode) -> ACMEConfiguration? {
        guard problems.attempt({ try node.mapping() }) != nil else { return nil }
        problems.add(node.unknownKeys(Self.keys))
        if let given = surroundings.givenCertificate {
            problems.add([
                node.refused(
                    "stands beside \(given.path), which gives the certificate itself",
                    remedy: "Keep one of the two")
            ])
        }
        var acme = ACMEConfiguration(
            domains: [],
            folders: .init(
                certificates: surroundings.files.acmeCertificates, challenges: surroundings.files.acmeChallenges))
        problems.attempt { acme.email = try email(node) }
        problems.attempt { acme.directory = try directory(node) ?? acme.directory }
        problems.attempt { acme.trust = try trust(node) }
        problems.attempt { acme.keyType = try node.choice("key_type") ?? acme.keyType }
        problems.attempt { acme.externalAccount = try node.present("eab").map(ACMEConfiguration.ExternalAccount.init) }
        problems.attempt { acme.acceptsTerms = try node.bool("accept_terms") ?? false }
        problems.attempt { acme.challenge = try node.choice("challenge") ?? acme.challenge }
        problems.attempt { try checkListener(acme.challenge, node) }
        problems.attempt { acme.domains = try domains(node, acme) }
        // One thing after the other: without a directory that can be read this would speak of the default one.
        if problems.errors.isEmpty { problems.attempt { try checkTerms(acme, node) } }
        return acme.domains.isEmpty ? nil : acme
    }

    private func email(_ node: ConfigurationNode) throws -> String? {
        guard let text = try node.string("email"), let place = node["email"] else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        // It becomes a mailto URL, which may hold neither several addresses nor header fields (RFC 8555, 7.3).
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !",?<>()\"".utf8.contains($0) }
        guard parts.count == 2, !parts[0].isEmpty, HostName.isValid(String(parts[1])), isPlain else {
            throw place.refused("is not one e-mail address", remedy: "Write it as ops@example.test")
        }
        return text
    }

    private func directory(_ node: ConfigurationNode) throws -> String? {
        guard let text = try node.string("directory"), let place = node["directory"] else { return nil }
        let rest = text.dropFirst("https://".count)
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard text.hasPrefix("https://"), isPlain, let first = rest.first, first != "/", first != ":" else {
            throw place.refused(
                "is not an https URL",
                remedy: "Write the authority's directory, such as \(ACMEConfiguration.letsEncrypt)")
        }
        guard !rest.prefix(while: { $0 != "/" }).contains("@") else {
            throw place.refused("holds a name and password, which ACME has no use for", remedy: "Remove them")
        }
        return text
    }

    /// The text of the file: a confined worker could not read another one later.
    private func trust(_ node: ConfigurationNode) throws -> String? {
        guard let path = try node.string("trust"), let place = node["trust"] else { return nil }
        let file = FilePath.absolute(path, from: surroundings.base)
        let blocks: [PEMBlock]
        do {
            blocks = try PEMBlock.all(in: try PrivateFile.read(file))
        } catch let error as DiskError {
            throw error.at(place)
        } catch let fault as CertificateFault {
            throw place.refused("names \(file), which \(fault.problem)", remedy: fault.remedy)
        }
        let certificates = blocks.filter { $0.label == "CERTIFICATE" }
        guard !certificates.isEmpty else {
            throw place.refused(
                "names \(file), which holds no certificate", remedy: "Name the PEM file of the directory's authority")
        }
        return certificates.map(\.text).joined()
    }

    private func checkListener(_ challenge: ACMEConfiguration.Challenge, _ node: ConfigurationNode) throws {
        guard challenge == .http01, !surroundings.listeners.isEmpty,
            !surroundings.listeners.contains(where: { !$0.tls })
        else { return }
        throw (node["challenge"] ?? node).refused(
            "is http-01, which is asked for over plain HTTP, and there is no http listener",
            remedy: "Let the proxy listen on port 80 (proxy.listen, proxy.redirect), or write challenge: tls-alpn-01")
    }

    // MARK: Names

    private mutating func domains(_ node: ConfigurationNode, _ acme: ACMEConfiguration) throws -> [String] {
        guard let list = node.present("domains") else { return try ownNames(node, acme) }
        var domains: [String] = []
        for element in try list.sequence() {
            let name = HostName.canonical(try element.string())
            if let fault = Self.fault(of: name, acme) { throw element.refused(fault.problem, remedy: fault.remedy) }
            if !domains.contains(name) { domains.append(name) }
        }
        guard !domains.isEmpty else {
            throw list.refused("is empty", remedy: "Remove it for the domain and its aliases, or name them")
        }
        let own = [surroundings.domain] + surroundings.aliases.filter { $0 != surroundings.domain }
        for name in own where !domains.contains(name) {
            warnings.append(
                list.refused(
                    "leaves out \(name), which goes on with the bundle's own certificate",
                    remedy: "Add it, or remove it from domain and server_aliases"))
        }
        return domains
    }

    /// The domain and its aliases, as far as they can be certified.
    private mutating func ownNames(_ node: ConfigurationNode, _ acme: ACMEConfiguration) throws -> [String] {
        if let fault = Self.fault(of: surroundings.domain, acme) {
            throw node.refused("cannot certify the domain: \(fault.problem)", remedy: fault.remedy)
        }
        var domains = [surroundings.domain]
        for alias in surroundings.aliases where !domains.contains(alias) {
            if let fault = Self.fault(of: alias, acme) {
                warnings.append(
                    node.refused("leaves out the alias \(alias): \(fault.problem)", remedy: fault.remedy))
            } else {
                domains.append(alias)
            }
        }
        return domains
    }

    private static func fault(of name: String, _ acme: ACMEConfiguration) -> (problem: String, remedy: String)? {
        if name.hasPrefix("*.") {
            return (
                "\"\(name)\" is a wildcard, which takes a challenge in the DNS",
                "Name the hosts one by one, or give a certificate of your own with ssl_cert and ssl_key"
            )
        }
        guard HostName.isValid(name) else {
            return ("\"\(name)\" is not a host name", "Write names such as registry.example.test")
        }
        let isAddress = HostName.bytes(of: name) != nil
        if isAddress, acme.challenge == .tlsALPN01 {
            return ("\"\(name)\" is an address, which tls-alpn-01 is not done for here", "Write challenge: http-01")
        }
        if acme.isLetsEncrypt, !isAddress, !name.contains(".") {
            return (
                "no public authority certifies \"\(name)\", which is not a name of the public DNS",
                "Set domain to a public name, or directory to a private authority's"
            )
        }
        return nil
    }

    private func checkTerms(_ acme: ACMEConfiguration, _ node: ConfigurationNode) throws {
        guard acme.isLetsEncrypt, !acme.acceptsTerms else { return }
        throw (node["accept_terms"] ?? node).refused(
            "does not agree to the terms of Let's Encrypt, which asks for it",
            remedy: "Read https://letsencrypt.org/repository/ and write accept_terms: true")
    }
}

extension ACMEConfiguration {
    /// Whether the directory is Let's Encrypt's, or that of its staging environment.
    var isLetsEncrypt: Bool {
        directory.dropFirst("https://".count).prefix { $0 != "/" }.lowercased().hasSuffix(".letsencrypt.org")
    }
}

import FoundationEssentials

// ssl_cert and ssl_key.

extension BundleReader {
    mutating func readCertificate(domain: String, aliases: [String]) -> BundleConfiguration.CertificateSource {
        let certificate = document["ssl_cert"].flatMap { $0.isNull ? nil : $0 }
        let key = document["ssl_key"].flatMap { $0.isNull ? nil : $0 }
        switch (certificate, key) {
        case (nil, nil): return .own
        case (let certificate?, nil):
            problems.add([
                certificate.refused("stands without ssl_key", remedy: "Add the key, or remove the certificate")
            ])
        case (nil, let key?):
            problems.add([key.refused("stands without ssl_cert", remedy: "Add the certificate, or remove the key")])
        case (let certificate?, let key?):
            let chain = problems.attempt { try text(of: certificate, secret: false) }
            let keyText = problems.attempt { try text(of: key, secret: true) }
            guard let chain, let keyText else { break }
            let pair = problems.attempt {
                try checkedPair(chain, keyText, domain: domain, certificate: certificate, key: key)
            }
            guard let pair else { break }
            warnUncovered(aliases, pair, certificate)
            return .given(
                chain: pair.chainText, key: pair.keyText, names: pair.names, files: files(certificate, key))
        }
        return .own
    }

    private func checkedPair(
        _ chain: String, _ keyText: String, domain: String, certificate: ConfigurationNode, key: ConfigurationNode
    ) throws -> CertificatePair {
        do {
            let pair = try CertificatePair(chain: chain, key: keyText)
            try pair.check(domain: domain, now: environment.now) { environment.trust.signed($0) }
            return pair
        } catch {
            throw error.at(certificate: certificate, key: key)
        }
    }

    private mutating func warnUncovered(
        _ aliases: [String], _ pair: CertificatePair, _ certificate: ConfigurationNode
    ) {
        for alias in aliases where !pair.names.contains(where: { HostName.matches(alias, pattern: $0) || $0 == alias })
        {
            let fault = CertificateFault.uncovered(domain: alias, names: pair.names)
            warnings.append(certificate.refused(fault.problem, remedy: fault.remedy))
        }
    }

    /// The files that both name; nil when one of them is PEM itself.
    private func files(
        _ certificate: ConfigurationNode, _ key: ConfigurationNode
    ) -> ProxyConfiguration.Certificate.Files? {
        guard let chain = try? certificate.string(), let key = try? key.string(), let chain = file(named: chain),
            let key = file(named: key)
        else { return nil }
        return .init(chain: chain, key: key)
    }

    /// The file that a value names, from the folder of the configuration; nil when it cannot be the name of one.
    private func file(named value: String) -> String? {
        let path = value.filter { !$0.isNewline }
        guard !value.contains("-----BEGIN"), !path.isEmpty, path.utf8.count < 1_024,
            value.split(whereSeparator: \.isNewline).count == 1
        else { return nil }
        return FilePath.absolute(path, from: source.file.map(FilePath.parent(of:)) ?? "/")
    }

    /// PEM as it stands in the document, or that of the file it names.
    private func text(of node: ConfigurationNode, secret: Bool) throws -> String {
        let value = try node.string()
        if value.contains("-----BEGIN") { return value }
        guard let file = file(named: value) else {
            throw node.refused(
                "is neither PEM nor a path",
                remedy: "Paste the PEM text with its BEGIN and END lines, or name the file that holds it")
        }
        if secret, let mode = PrivateFile.wideMode(file) {
            throw node.refused("names \(file), which others can read (mode \(mode))", remedy: "Run chmod 600 \(file)")
        }
        do {
            return try PrivateFile.read(file)
        } catch {
            throw error.at(node)
        }
    }
}

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
            let pem = PEMSource(base: base)
            let chain = problems.attempt { try pem.text(of: certificate, secret: false) }
            let keyText = problems.attempt { try pem.text(of: key, secret: true) }
            guard let chain, let keyText else { break }
            let pair = problems.attempt {
                try checkedPair(chain, keyText, domain: domain, certificate: certificate, key: key)
            }
            guard let pair else { break }
            warnUncovered(aliases, pair, certificate)
            return .given(
                chain: pair.chainText, key: pair.keyText, names: pair.names, files: pem.files(certificate, key))
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

    /// Serves the domain with one of `tls.certificates` when they name it and nothing else was given: the bundle then
    /// needs no certificate of its own.
    mutating func adopt(
        _ certificate: BundleConfiguration.CertificateSource, _ tls: inout TLSSettings, domain: String
    ) -> BundleConfiguration.CertificateSource {
        guard certificate == .own, tls.acme == nil,
            let index = tls.certificates.firstIndex(where: { given in
                given.names.contains { HostName.matches(domain, pattern: $0) }
            })
        else { return certificate }
        let first = tls.certificates.remove(at: index)
        return .given(chain: first.chain, key: first.key, names: first.names, files: first.files)
    }

    /// Of two certificates with the same kind of key for the same hosts the first one is served.
    mutating func warnUnserved(_ certificate: BundleConfiguration.CertificateSource, _ tls: TLSSettings) {
        let nodes = (try? document["tls"]?["certificates"]?.sequence()) ?? []
        // Where one was refused, the others have lost their places.
        guard nodes.count == tls.certificates.count else { return }
        var served: [Bool: Set<String>] = [:]
        if case .given(let chain, _, let names, _) = certificate {
            served[CertificateSchemes(chain: chain).isECDSA] = Set(names)
        }
        for (node, given) in zip(nodes, tls.certificates) {
            let isECDSA = CertificateSchemes(chain: given.chain).isECDSA
            if served[isECDSA, default: []].isSuperset(of: given.names) {
                warnings.append(
                    node.refused(
                        "is never served: an earlier \(isECDSA ? "ECDSA" : "RSA") certificate is for the same hosts",
                        remedy: "Remove one of the two"))
            }
            served[isECDSA, default: []].formUnion(given.names)
        }
    }

    /// Certificates can only sign in who are asked for them.
    func checkClients(_ auth: ConfigurationNode, _ tls: TLSSettings) {
        guard let node = auth.present("client_certificates") else { return }
        problems.attempt {
            guard try node.bool(), tls.clientCertificates == nil else { return }
            throw node.refused(
                "lets certificates sign in, but clients are asked for none",
                remedy: "Add tls: {client_certificates: {authority: …}}, or remove it")
        }
    }
}

import FoundationEssentials
import SwiftASN1
import X509

// `tls.certificates` and `tls.client_certificates`.

extension TLSSettingsReader {
    /// Certificates beside `ssl_cert`, each with the names that it says itself.
    func certificates(
        _ node: ConfigurationNode, _ surroundings: TLSSurroundings
    ) -> [ProxyConfiguration.Certificate] {
        (problems.attempt { try node.sequence() } ?? []).compactMap { element in
            problems.attempt { try certificate(element, surroundings) }
        }
    }

    private func certificate(
        _ node: ConfigurationNode, _ surroundings: TLSSurroundings
    ) throws -> ProxyConfiguration.Certificate {
        _ = try node.mapping()
        try node.refuseUnknownKeys(["certificate", "key"])
        guard let certificate = node.present("certificate"), let key = node.present("key") else {
            throw node.refused("needs certificate and key", remedy: "Give both, as PEM or as paths")
        }
        let source = PEMSource(base: surroundings.base)
        let chain = try source.text(of: certificate, secret: false)
        let secret = try source.text(of: key, secret: true)
        let pair: CertificatePair
        do throws(CertificateFault) {
            pair = try CertificatePair(chain: chain, key: secret)
            try pair.check(now: surroundings.environment.now) { surroundings.environment.trust.signed($0) }
        } catch {
            throw error.at(certificate: certificate, key: key)
        }
        guard !pair.names.isEmpty else {
            throw certificate.refused(
                "names no host (subjectAltName), so that no client would be served with it",
                remedy: "Request one whose subjectAltName has the host's name")
        }
        return .init(
            names: pair.names, chain: pair.chainText, key: pair.keyText, files: source.files(certificate, key))
    }

    func clientCertificates(_ node: ConfigurationNode, _ surroundings: TLSSurroundings) throws -> ClientCertificates {
        _ = try node.mapping()
        try node.refuseUnknownKeys(ClientCertificates.keys)
        guard let authority = node.present("authority") else {
            throw node.refused(
                "needs authority", remedy: "Give the certificate of the authority that signs clients', as PEM or a path"
            )
        }
        let mode = try ClientCertificates.mode(node) ?? .optional
        let text = try PEMSource(base: surroundings.base).text(of: authority, secret: false)
        do throws(CertificateFault) {
            return ClientCertificates(
                authority: try Self.authorities(text, now: surroundings.environment.now), mode: mode)
        } catch {
            throw authority.refused(error.problem, remedy: Self.remedy(error))
        }
    }

    /// The certificates of a PEM text alone, each still valid and an authority's, with a root among them: no chain is
    /// trusted that does not end at one.
    private static func authorities(_ text: String, now: Date) throws(CertificateFault) -> String {
        let blocks = try PEMBlock.all(in: text).filter { $0.label == "CERTIFICATE" }
        guard !blocks.isEmpty else { throw .noCertificate }
        var hasRoot = false
        var last: Certificate?
        for (index, block) in blocks.enumerated() {
            guard let certificate = try? Certificate(derEncoded: block.bytes) else {
                throw .unreadableCertificate(block: index + 1)
            }
            try CertificatePair.checkTime(certificate, now: now)
            hasRoot = hasRoot || certificate.issuer == certificate.subject
            last = certificate
            // One without the extension is of version 1, a root as they were before.
            if case .notCertificateAuthority? = (try? certificate.extensions.basicConstraints).flatMap({ $0 }) {
                throw .noAuthority(subject: CertificatePair.name(certificate))
            }
        }
        if !hasRoot, let last { throw .missingRoot(issuer: "\(last.issuer)") }
        return blocks.map(\.text).joined()
    }

    private static func remedy(_ fault: CertificateFault) -> String {
        switch fault {
        case .noCertificate: "Give the certificate of the authority that signs clients'"
        default: fault.remedy
        }
    }
}

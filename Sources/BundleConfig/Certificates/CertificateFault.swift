/// Why a certificate and its key cannot be served. Names, dates and positions only, never key material.
package enum CertificateFault: Error, Equatable {
    case empty
    case damaged(block: Int, reason: String)
    case noCertificate
    case noKey
    case severalKeys
    case encryptedKey
    case unreadableCertificate(block: Int)
    case unreadableKey(label: String)
    /// The key is not the leaf's; `position` is that of the certificate in the chain that it does belong to.
    case mismatch(leaf: String, position: Int?)
    case expired(subject: String, on: String)
    case notYetValid(subject: String, from: String)
    case missingIntermediate(issuer: String)
    case brokenLink(subject: String, issuer: String)
    case uncovered(domain: String, names: [String])
    /// Authorities, of which none is a root.
    case missingRoot(issuer: String)
    /// It may not sign others.
    case noAuthority(subject: String)

    /// Whether it is the key's fault, and not the certificate's.
    var concernsKey: Bool {
        switch self {
        case .noKey, .severalKeys, .encryptedKey, .unreadableKey, .mismatch(_, nil): true
        case .empty, .damaged, .noCertificate, .unreadableCertificate, .mismatch, .expired, .notYetValid,
            .missingIntermediate, .brokenLink, .uncovered, .missingRoot, .noAuthority:
            false
        }
    }

    package var problem: String {
        switch self {
        case .empty: "is empty"
        case .damaged(let block, let reason): "is not PEM: block \(block) \(reason)"
        case .noCertificate: "holds no certificate"
        case .noKey: "holds no private key"
        case .severalKeys: "holds more than one private key"
        case .encryptedKey: "is protected by a passphrase"
        case .unreadableCertificate(let block): "holds a certificate (block \(block)) that cannot be read"
        case .unreadableKey(let label): "holds a key (\(label)) that cannot be read"
        case .mismatch(let leaf, nil): "is not the key of the certificate \(leaf)"
        case .mismatch(let leaf, let position?):
            "begins with \(leaf), but the key belongs to certificate \(position) of the chain"
        case .expired(let subject, let day): "expired on \(day) (\(subject))"
        case .notYetValid(let subject, let day): "is not valid before \(day) (\(subject))"
        case .missingIntermediate(let issuer): "lacks an intermediate: the issuer \(issuer) is not in the chain"
        case .brokenLink(let subject, let issuer): "does not link: \(issuer) in the chain did not sign \(subject)"
        case .uncovered(let domain, let names):
            names.isEmpty
                ? "names no host at all (subjectAltName), so that clients refuse it for \(domain)"
                : "does not cover \(domain), only \(names.joined(separator: ", "))"
        case .missingRoot(let issuer): "holds no root: \(issuer), which no chain can do without, is not there"
        case .noAuthority(let subject): "is not an authority's certificate (\(subject))"
        }
    }

    package var remedy: String {
        switch self {
        case .empty: "Give the PEM text or a path; without ssl_cert and ssl_key a certificate is made on first start"
        case .damaged: "Paste the whole block, from its BEGIN line to its END line"
        case .noCertificate: "Begin with the server's certificate (-----BEGIN CERTIFICATE-----)"
        case .noKey: "Give the private key (-----BEGIN PRIVATE KEY-----)"
        case .severalKeys: "Keep the one that belongs to the certificate"
        case .encryptedKey: "Remove the passphrase: openssl pkey -in KEY -out NEWKEY"
        case .unreadableCertificate: "Look at it with openssl x509 -noout -text"
        case .unreadableKey: "Use an RSA key of 2048 bits or more, or an EC key on P-256, P-384 or P-521"
        case .mismatch(_, nil): "Give the key that the certificate was requested with"
        case .mismatch: "Put the server's own certificate first, then its issuers"
        case .expired: "Renew the certificate"
        case .notYetValid: "Check this machine's clock, or wait"
        case .missingIntermediate: "Append the issuer's certificate to ssl_cert, after the server's own"
        case .brokenLink: "Append the certificate of the authority that signed it, in its current version"
        case .missingRoot: "Append the root's certificate, the one that signs itself"
        case .noAuthority: "Give the certificate of the authority that signs clients', not a client's own"
        case .uncovered(let domain, _): "Request one whose subjectAltName has DNS:\(domain), or correct domain"
        }
    }

    /// The fault as an error at the key it concerns.
    func at(certificate: ConfigurationNode, key: ConfigurationNode) -> ConfigurationError {
        (concernsKey ? key : certificate).refused(problem, remedy: remedy)
    }
}

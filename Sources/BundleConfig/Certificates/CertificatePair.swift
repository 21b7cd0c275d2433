import FoundationEssentials
import SwiftASN1
import TextFormats
package import X509

/// A certificate chain and its private key, read from PEM and checked for serving.
///
/// - Supports: RSA from 2048 bits, P-256, P-384, P-521; keys as PKCS #8, PKCS #1 or SEC 1.
package struct CertificatePair {
    package let leaf: Certificate
    /// The certificates after the leaf, in the order of the file.
    package let others: [Certificate]
    let key: Certificate.PrivateKey
    /// The certificates alone, as clean PEM.
    package let chainText: String
    /// The key alone, as clean PEM.
    let keyText: Secret

    package init(chain: String, key: String) throws(CertificateFault) {
        let blocks = try PEMBlock.all(in: chain)
        guard !blocks.isEmpty || !chain.allSatisfy(\.isWhitespace) else { throw .empty }
        var certificates: [Certificate] = []
        for (index, block) in blocks.enumerated() where block.label == "CERTIFICATE" {
            guard let certificate = try? Certificate(derEncoded: block.bytes) else {
                throw .unreadableCertificate(block: index + 1)
            }
            certificates.append(certificate)
        }
        guard let leaf = certificates.first else { throw .noCertificate }
        self.leaf = leaf
        others = Array(certificates.dropFirst())
        chainText = blocks.filter { $0.label == "CERTIFICATE" }.map(\.text).joined()

        let keyBlock = try Self.keyBlock(of: key)
        guard let privateKey = try? Certificate.PrivateKey(pemEncoded: keyBlock.text) else {
            throw .unreadableKey(label: keyBlock.label)
        }
        self.key = privateKey
        keyText = Secret(keyBlock.text)
        try checkMatch(certificates)
    }

    /// The one private key of a PEM text; an `EC PARAMETERS` block beside it is passed over.
    private static func keyBlock(of text: String) throws(CertificateFault) -> PEMBlock {
        let blocks: [PEMBlock]
        do throws(CertificateFault) {
            blocks = try PEMBlock.all(in: text)
        } catch {
            throw .unreadableKey(label: "not PEM")
        }
        let keys = blocks.filter(\.isPrivateKey)
        guard let key = keys.first else { throw .noKey }
        guard keys.count == 1 else { throw .severalKeys }
        guard !key.encrypted else { throw .encryptedKey }
        return key
    }

    private func checkMatch(_ chain: [Certificate]) throws(CertificateFault) {
        guard key.publicKey != leaf.publicKey else { return }
        let position = chain.firstIndex { $0.publicKey == key.publicKey }
        throw .mismatch(leaf: Self.name(leaf), position: position.map { $0 + 1 })
    }

    /// The names that clients may use, in the certificate's order: host names, wildcards and addresses.
    package var names: [String] {
        CertificateNames.all(of: leaf)
    }

    /// Checks what a client would check, each failing in its own words.
    /// - Parameter trusted: whether the system's store knows an issuer of that name.
    func check(domain: String, now: Date, trusted: (Certificate) -> Bool) throws(CertificateFault) {
        try check(now: now, trusted: trusted)
        guard names.contains(where: { HostName.matches(domain, pattern: $0) }) else {
            throw .uncovered(domain: domain, names: names)
        }
    }

    /// The same for whatever hosts it names.
    func check(now: Date, trusted: (Certificate) -> Bool) throws(CertificateFault) {
        try Self.checkTime(leaf, now: now)
        try checkLinks(now: now, trusted: trusted)
    }

    static func checkTime(_ certificate: Certificate, now: Date) throws(CertificateFault) {
        if certificate.notValidAfter < now {
            throw .expired(
                subject: name(certificate),
                on: UTCTime(seconds: Int(certificate.notValidAfter.timeIntervalSince1970)).day)
        }
        if certificate.notValidBefore > now {
            throw .notYetValid(
                subject: name(certificate),
                from: UTCTime(seconds: Int(certificate.notValidBefore.timeIntervalSince1970)).day)
        }
    }

    /// Follows the issuers from the leaf as far as the file goes.
    ///
    /// A root may be left out, as clients have it; the leaf's issuer may not.
    private func checkLinks(now: Date, trusted: (Certificate) -> Bool) throws(CertificateFault) {
        var current = leaf
        var rest = others
        while current.issuer != current.subject {
            let candidates = rest.filter { $0.subject == current.issuer }
            guard let candidate = candidates.first else {
                if current == leaf, !trusted(leaf) { throw .missingIntermediate(issuer: "\(leaf.issuer)") }
                return
            }
            let signed = current
            guard let issuer = candidates.first(where: { $0.publicKey.isValidSignature(signed.signature, for: signed) })
            else { throw .brokenLink(subject: Self.name(current), issuer: Self.name(candidate)) }
            try Self.checkTime(issuer, now: now)
            rest.removeAll { $0 == issuer }
            current = issuer
        }
    }

    static func name(_ certificate: Certificate) -> String {
        certificate.subject.isEmpty ? "(no subject)" : "\(certificate.subject)"
    }
}

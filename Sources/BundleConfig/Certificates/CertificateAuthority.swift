import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// The bundle's own certificate authority: P-256, ten years, one level.
struct CertificateAuthority {
    /// A certificate and its key as PEM.
    struct Issued {
        var chain: String
        var key: Secret
    }

    static let years = 10
    /// The longest life of a server certificate that clients accept is 825 days; this stays below it.
    static let serverDays = 820
    private static let day: Double = 86_400
    /// Clocks differ: everything is valid from an hour ago.
    private static let skew: Double = 3_600

    let certificate: Certificate
    let key: Certificate.PrivateKey

    /// Reads an authority back from its two files' texts.
    init(certificate: String, key: String) throws(CertificateFault) {
        let pair = try CertificatePair(chain: certificate, key: key)
        self.certificate = pair.leaf
        self.key = pair.key
    }

    static func newKey() -> Secret {
        Secret(P256.Signing.PrivateKey().pemRepresentation + "\n")
    }

    /// The certificate of an authority for a key that is there already.
    static func selfSigned(key: String, domain: String, now: Date) throws -> String {
        let privateKey = try Certificate.PrivateKey(pemEncoded: key)
        let name = try DistinguishedName {
            OrganizationName("Dockmaster")
            CommonName("Dockmaster CA of \(domain.prefix(40))")
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: privateKey.publicKey,
            notValidBefore: now - skew, notValidAfter: now + Double(years * 365) * day, issuer: name, subject: name,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: privateKey.publicKey)
            },
            issuerPrivateKey: privateKey)
        return try text(certificate)
    }

    /// A self-signed certificate for the key that signs tokens: what registries call `rootcertbundle`.
    static func tokenCertificate(key: String, now: Date) throws -> String {
        let privateKey = try Certificate.PrivateKey(pemEncoded: key)
        let name = try DistinguishedName {
            OrganizationName("Dockmaster")
            CommonName("Dockmaster token signing")
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: privateKey.publicKey,
            notValidBefore: now - skew, notValidAfter: now + Double(years * 365) * day, issuer: name, subject: name,
            // As `openssl req -x509` makes them, which every registry accepts as a root.
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                SubjectKeyIdentifier(hash: privateKey.publicKey)
            },
            issuerPrivateKey: privateKey)
        return try text(certificate)
    }

    /// A server certificate with a key of its own.
    /// - Parameter names: host names and addresses; the first is the subject.
    func issue(names: [String], now: Date) throws -> Issued {
        let serverKey = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(serverKey.publicKey)
        let subject = try DistinguishedName { CommonName(String((names.first ?? "localhost").prefix(64))) }
        let end = min(now + Double(Self.serverDays) * Self.day, certificate.notValidAfter)
        let authority = SubjectKeyIdentifier(hash: key.publicKey)
        let leaf = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: now - Self.skew, notValidAfter: end, issuer: certificate.subject, subject: subject,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(Self.generalName))
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: authority.keyIdentifier)
            },
            issuerPrivateKey: key)
        return Issued(
            chain: try Self.text(leaf) + Self.text(certificate), key: Secret(serverKey.pemRepresentation + "\n"))
    }

    private static func generalName(_ name: String) -> GeneralName {
        if let bytes = HostName.bytes(of: name) { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
        return .dnsName(name)
    }

    static func text(_ certificate: Certificate) throws -> String {
        try certificate.serializeAsPEM().pemString + "\n"
    }
}

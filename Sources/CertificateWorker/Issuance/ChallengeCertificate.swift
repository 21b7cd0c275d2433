import BundleConfig
import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// The certificate that answers a tls-alpn-01 challenge: self-signed, for one name, with what the authority must find in a
/// critical extension.
/// - Source: RFC 8737, 3.
enum ChallengeCertificate {
    /// id-pe-acmeIdentifier
    static let identifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 1, 31]
    private static let life: Double = 7 * 86_400
    private static let skew: Double = 3_600

    /// - Parameters:
    ///   - authorization: the key authorization, of which the extension holds the digest.
    ///   - now: seconds since 1970.
    /// - Returns: PEM, certificate and key.
    static func make(for name: String, authorization: String, now: Int) throws -> Secret {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let subject = try DistinguishedName { CommonName("ACME challenge") }
        let digest = ASN1OctetString(contentBytes: ArraySlice(SHA256.hash(data: Array(authorization.utf8))))
        var serializer = DER.Serializer()
        try serializer.serialize(digest)
        let date = Date(timeIntervalSince1970: Double(now))
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: date - skew, notValidAfter: date + life, issuer: subject, subject: subject,
            extensions: try Certificate.Extensions {
                SubjectAlternativeNames([CertificateRequest.generalName(name)])
                Certificate.Extension(oid: identifier, critical: true, value: serializer.serializedBytes[...])
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return Secret(try certificate.serializeAsPEM().pemString + "\n" + key.pemRepresentation + "\n")
    }
}

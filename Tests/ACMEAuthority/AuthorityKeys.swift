import Crypto
import Foundation
import SwiftASN1
import X509

/// The keys of an authority: a root and an intermediate for what it issues, and what its own server shows.
struct AuthorityKeys: Sendable {
    private let rootKey = P256.Signing.PrivateKey()
    private let intermediateKey = P256.Signing.PrivateKey()
    private let serverKey = P256.Signing.PrivateKey()
    private let root: Certificate
    private let intermediate: Certificate
    private let server: Certificate

    init() throws {
        root = try Self.authority("Test Root", rootKey, issuer: nil, rootKey, depth: 1)
        intermediate = try Self.authority("Test Intermediate", intermediateKey, issuer: root.subject, rootKey, depth: 0)
        server = try Self.leaf(
            names: [.dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))],
            Certificate.PublicKey(serverKey.publicKey), from: Date() - 3_600, life: 86_400, issuer: root.subject,
            rootKey)
    }

    var rootPEM: String { get throws { try root.serializeAsPEM().pemString + "\n" } }
    var serverPEM: (chain: String, key: String) {
        get throws { (try server.serializeAsPEM().pemString, serverKey.pemRepresentation) }
    }

    /// A certificate for a request's key, with its issuer.
    func issue(
        names: [GeneralName], _ key: Certificate.PublicKey, from: Date, life: TimeInterval
    ) throws -> String {
        let leaf = try Self.leaf(
            names: names, key, from: from, life: life, issuer: intermediate.subject, intermediateKey)
        return try leaf.serializeAsPEM().pemString + "\n" + intermediate.serializeAsPEM().pemString + "\n"
    }

    /// The root, signed by an older one.
    func crossSigned(end: Date) throws -> String {
        let old = try DistinguishedName { CommonName("Old Root") }
        let certificate = try Self.authority(
            "Test Root", rootKey, issuer: old, P256.Signing.PrivateKey(), depth: 1, end: end)
        return try certificate.serializeAsPEM().pemString + "\n"
    }

    private static func authority(
        _ name: String, _ key: P256.Signing.PrivateKey, issuer: DistinguishedName?, _ signer: P256.Signing.PrivateKey,
        depth: Int, end: Date = Date() + 3_650 * 86_400
    ) throws -> Certificate {
        let subject = try DistinguishedName { CommonName(name) }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date() - 86_400, notValidAfter: end, issuer: issuer ?? subject,
            subject: subject,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: depth))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
            },
            issuerPrivateKey: Certificate.PrivateKey(signer))
    }

    private static func leaf(
        names: [GeneralName], _ key: Certificate.PublicKey, from: Date, life: TimeInterval, issuer: DistinguishedName,
        _ signer: P256.Signing.PrivateKey
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key, notValidBefore: from,
            notValidAfter: from + life, issuer: issuer, subject: DistinguishedName(),
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                Critical(SubjectAlternativeNames(names))
            },
            issuerPrivateKey: Certificate.PrivateKey(signer))
    }
}

import Crypto
import FoundationEssentials
import SwiftASN1
import X509

@testable import BundleConfig

/// A small authority of the tests: root → intermediate → server.
struct TestCertificates {
    /// 2026-11-24.
    static let now = Date(timeIntervalSince1970: 1_795_500_000)
    static let day: Double = 86_400

    struct Identity {
        let certificate: Certificate
        let key: Certificate.PrivateKey

        var pem: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }
        var keyPEM: String { get throws { try key.serializeAsPEM().pemString + "\n" } }
    }

    let root: Identity
    let intermediate: Identity

    init() throws {
        root = try Self.make(name: "Test root", issuer: nil, authority: true)
        intermediate = try Self.make(name: "Test intermediate", issuer: root, authority: true)
    }

    func server(
        names: [String] = ["registry.example.test"], from: Double = -10, until: Double = 300,
        key: Certificate.PrivateKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    ) throws -> Identity {
        try Self.make(
            name: names.first ?? "nameless", issuer: intermediate, authority: false, names: names, from: from,
            until: until, key: key)
    }

    static func make(
        name: String, issuer: Identity?, authority: Bool, names: [String] = [], from: Double = -10,
        until: Double = 3_000, key: Certificate.PrivateKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    ) throws -> Identity {
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: now + from * day, notValidAfter: now + until * day,
            issuer: issuer?.certificate.subject ?? subject, subject: subject,
            extensions: try Certificate.Extensions {
                Critical(
                    authority
                        ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                        : BasicConstraints.notCertificateAuthority)
                if !names.isEmpty {
                    SubjectAlternativeNames(
                        names.map { name in
                            HostName.bytes(of: name).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
                                ?? .dnsName(name)
                        })
                }
            },
            issuerPrivateKey: issuer?.key ?? key)
        return Identity(certificate: certificate, key: key)
    }
}

import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import X509

/// A key pair with a certificate, made for one test.
struct TestPair {
    enum Kind: String, CaseIterable, Sendable {
        case rsa = "RS256"
        case p256 = "ES256"
        case p384 = "ES384"
        case p521 = "ES512"
    }

    let certificate: Certificate
    let key: Certificate.PrivateKey
    let certificatePEM: String
    let keyPEM: String

    var der: [UInt8] {
        get throws {
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            return serializer.serializedBytes
        }
    }

    /// - Parameters:
    ///   - issuer: who signs; nil for a self-signed certificate.
    ///   - validity: from and until, in seconds from now.
    init(
        _ kind: Kind, name: String = "test", issuer: TestPair? = nil, isAuthority: Bool = true,
        validity: (from: Double, until: Double) = (-3600, 3600)
    ) throws {
        switch kind {
        case .rsa:
            let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            key = Certificate.PrivateKey(rsa)
            keyPEM = rsa.pemRepresentation
        case .p256:
            let p256 = P256.Signing.PrivateKey()
            key = Certificate.PrivateKey(p256)
            keyPEM = p256.pemRepresentation
        case .p384:
            let p384 = P384.Signing.PrivateKey()
            key = Certificate.PrivateKey(p384)
            keyPEM = p384.pemRepresentation
        case .p521:
            let p521 = P521.Signing.PrivateKey()
            key = Certificate.PrivateKey(p521)
            keyPEM = p521.pemRepresentation
        }
        let subject = try DistinguishedName { CommonName(name) }
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSinceNow: validity.from),
            notValidAfter: Date(timeIntervalSinceNow: validity.until),
            issuer: issuer?.certificate.subject ?? subject, subject: subject,
            extensions: try Certificate.Extensions {
                if isAuthority {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                } else {
                    Critical(BasicConstraints.notCertificateAuthority)
                }
            },
            issuerPrivateKey: issuer?.key ?? key)
        certificatePEM = try certificate.serializeAsPEM().pemString
    }
}

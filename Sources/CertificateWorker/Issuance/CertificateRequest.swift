import BundleConfig
import Crypto
import CryptoExtras
import SwiftASN1
import X509

/// A certificate's key, and the request for it.
enum CertificateRequest {
    /// - Takes: some hundred milliseconds for RSA. Not for the cooperative pool.
    /// - Returns: PEM.
    static func newKey(_ type: ACMEConfiguration.KeyType) throws -> Secret {
        switch type {
        case .ecdsa: Secret(P256.Signing.PrivateKey().pemRepresentation + "\n")
        case .rsa: Secret(try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation + "\n")
        }
    }

    /// A request (PKCS #10) for exactly these names, without a subject.
    /// - Returns: DER.
    /// - Source: RFC 8555, 7.4: the names of the request are those of the order.
    static func der(names: [String], key: String) throws -> [UInt8] {
        let privateKey = try Certificate.PrivateKey(pemEncoded: key)
        let extensions = try Certificate.Extensions { SubjectAlternativeNames(names.map(generalName)) }
        let request = try CertificateSigningRequest(
            version: .v1, subject: DistinguishedName(), privateKey: privateKey,
            attributes: .init([.init(ExtensionRequest(extensions: extensions))]))
        var serializer = DER.Serializer()
        try serializer.serialize(request)
        return serializer.serializedBytes
    }

    static func generalName(_ name: String) -> GeneralName {
        if let bytes = AddressRange.bytes(of: name) { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
        return .dnsName(name)
    }
}

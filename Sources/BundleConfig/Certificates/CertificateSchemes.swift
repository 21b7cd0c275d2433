import Crypto
import CryptoExtras
import SwiftASN1
import X509

/// What a TLS client must understand to be served with a certificate: numbers of TLS's SignatureScheme and NamedGroup.
///
/// - Source: RFC 8446, sections 4.2.3 and 4.2.7.
package struct CertificateSchemes: Sendable, Equatable {
    package enum Key: Sendable, Equatable {
        case rsa
        /// The scheme that TLS 1.3 signs with on the key's curve, and the curve.
        case ecdsa(scheme: UInt16, group: UInt16)
    }

    /// Of the certificate's own key; nil for a kind that is not served.
    package let key: Key?
    /// Those that sign the certificates of the chain, self-signed ones aside, as far as they are known.
    package let chain: Set<UInt16>

    package var isECDSA: Bool {
        if case .ecdsa = key { true } else { false }
    }

    /// - Parameter chain: PEM, the certificate itself first. What cannot be read tells nothing.
    package init(chain: String) {
        let blocks = (try? PEMBlock.all(in: chain)) ?? []
        let certificates = blocks.compactMap { try? Certificate(derEncoded: $0.bytes) }
        key = certificates.first.flatMap { Self.key(of: $0.publicKey) }
        self.chain = Set(
            certificates.filter { $0.issuer != $0.subject }.compactMap { Self.scheme($0.signatureAlgorithm) })
    }

    private static func key(of key: Certificate.PublicKey) -> Key? {
        if _RSA.Signing.PublicKey(key) != nil { return .rsa }
        if P256.Signing.PublicKey(key) != nil { return .ecdsa(scheme: 0x0403, group: 23) }
        if P384.Signing.PublicKey(key) != nil { return .ecdsa(scheme: 0x0503, group: 24) }
        if P521.Signing.PublicKey(key) != nil { return .ecdsa(scheme: 0x0603, group: 25) }
        return nil
    }

    private static func scheme(_ algorithm: Certificate.SignatureAlgorithm) -> UInt16? {
        switch algorithm {
        case .sha256WithRSAEncryption: 0x0401
        case .sha384WithRSAEncryption: 0x0501
        case .sha512WithRSAEncryption: 0x0601
        case .ecdsaWithSHA256: 0x0403
        case .ecdsaWithSHA384: 0x0503
        case .ecdsaWithSHA512: 0x0603
        default: nil
        }
    }
}

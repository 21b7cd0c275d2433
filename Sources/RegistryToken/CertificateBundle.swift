internal import SwiftASN1
internal import X509

/// The certificates of a PEM text, in order, each with its key.
struct CertificateBundle: Sendable {
    struct Entry: Sendable {
        var certificate: Certificate
        var der: [UInt8]
        var key: VerifyingKey
    }

    var entries: [Entry] = []

    init(pem: String) throws(TokenKeyError) {
        for (index, block) in PEMBlock.read(pem).filter({ $0.label == "CERTIFICATE" }).enumerated() {
            guard !block.der.isEmpty, let certificate = try? Certificate(derEncoded: block.der) else {
                throw .badCertificate(position: index + 1)
            }
            entries.append(Entry(certificate: certificate, der: block.der, key: try VerifyingKey(certificate)))
        }
        guard !entries.isEmpty else { throw .noCertificate }
    }
}

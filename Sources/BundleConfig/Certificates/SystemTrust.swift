import SwiftASN1
import X509

/// The authorities that this machine trusts (`/etc/ssl/certs/ca-certificates.crt`).
///
/// Read only when a chain lacks its issuer.
struct SystemTrust: Sendable {
    static let file = "/etc/ssl/certs/ca-certificates.crt"

    var path = SystemTrust.file

    /// Whether one of them signed a certificate.
    func signed(_ certificate: Certificate) -> Bool {
        guard let text = try? PrivateFile.read(path), let blocks = try? PEMBlock.all(in: text) else { return false }
        return blocks.contains { block in
            guard let root = try? Certificate(derEncoded: block.bytes), root.subject == certificate.issuer else {
                return false
            }
            return root.publicKey.isValidSignature(certificate.signature, for: certificate)
        }
    }
}

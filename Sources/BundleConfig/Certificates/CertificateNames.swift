import SwiftASN1
import X509

/// The host names of a certificate's subjectAltName. The common name does not count, as for every client today.
enum CertificateNames {
    static func all(of certificate: Certificate) -> [String] {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return names.compactMap { name in
            switch name {
            case .dnsName(let host): host.lowercased()
            case .ipAddress(let bytes): HostName.address(Array(bytes.bytes))
            case .otherName, .rfc822Name, .x400Address, .directoryName, .ediPartyName, .uniformResourceIdentifier,
                .registeredID:
                nil
            }
        }
    }
}

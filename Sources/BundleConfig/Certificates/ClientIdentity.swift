import Crypto
import SwiftASN1
import X509

/// Whom a client's certificate names, once it has been verified.
///
/// - Size: a subject of at most 1 KiB and a name of at most 255 bytes; a certificate with more identifies nobody.
package struct ClientIdentity: Sendable, Equatable {
    /// The subject as RFC 4514 writes it: `CN=alice,O=Example`.
    package var subject: String
    /// The common name, or without one the first name of subjectAltName: a host, an e-mail address or a URI.
    package var name: String?
    /// SHA-256 of the certificate, in lower-case hexadecimal.
    package var fingerprint: String

    /// - Parameter certificate: DER.
    /// - Returns: nil for what cannot be read, or is too large.
    package init?(certificate der: [UInt8]) {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        subject = "\(certificate.subject)"
        name = Self.commonName(certificate.subject) ?? Self.alternativeName(certificate)
        fingerprint = Self.hexadecimal(SHA256.hash(data: der))
        guard subject.utf8.count <= 1_024, name?.utf8.count ?? 0 <= 255 else { return nil }
    }

    private static func commonName(_ subject: DistinguishedName) -> String? {
        let names = subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
        // Of two, which one is meant would be a guess.
        guard names.count == 1, let name = String(names[0].value), !name.isEmpty else { return nil }
        return name
    }

    private static func alternativeName(_ certificate: Certificate) -> String? {
        let names = (try? certificate.extensions.subjectAlternativeNames).flatMap { $0 }.map(Array.init) ?? []
        return names.lazy.compactMap { name in
            switch name {
            case .dnsName(let text), .rfc822Name(let text), .uniformResourceIdentifier(let text): text
            case .ipAddress, .otherName, .x400Address, .directoryName, .ediPartyName, .registeredID: nil
            }
        }.first
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

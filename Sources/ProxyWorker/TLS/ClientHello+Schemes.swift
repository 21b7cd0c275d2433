import BundleConfig

// Which certificates a client understands.

extension ClientHello {
    private static let ecdsaSuites: [UInt16] = [0xC02B, 0xC02C, 0xCCA9]
    private static let rsaSuites: [UInt16] = [0xC02F, 0xC030, 0xCCA8]
    private static let rsaPSS: [UInt16] = [0x0804, 0x0805, 0x0806]
    private static let rsaPKCS1: [UInt16] = [0x0401, 0x0501, 0x0601]
    private static let ecdsa: [UInt16] = [0x0403, 0x0503, 0x0603]

    /// Whether the client verifies signatures of a certificate's key, in the version that will be spoken.
    ///
    /// Before TLS 1.3 the cipher suite names the kind of key, and `supported_groups` the curve.
    /// - Source: RFC 8446, sections 4.2.3 and 4.4.2.2; RFC 8422, sections 2.2 and 5.1.
    func understands(key certificate: CertificateSchemes) -> Bool {
        switch (certificate.key, offersTLS13) {
        case (.rsa, true): verifies(Self.rsaPSS)
        case (.rsa, false): verifies(Self.rsaPSS + Self.rsaPKCS1) && offers(Self.rsaSuites)
        case (.ecdsa(let scheme, _), true): verifies([scheme])
        case (.ecdsa(_, let group), false):
            verifies(Self.ecdsa) && offers(Self.ecdsaSuites) && groups?.contains(group) ?? true
        case (nil, _): false
        }
    }

    /// Whether the client verifies all signatures within the chain.
    func understands(chain certificate: CertificateSchemes) -> Bool {
        guard let known = certificateSchemes ?? signatureSchemes else { return true }
        return certificate.chain.isSubset(of: known)
    }

    private func verifies(_ schemes: [UInt16]) -> Bool {
        signatureSchemes.map { known in schemes.contains(where: known.contains) } ?? true
    }

    private func offers(_ suites: [UInt16]) -> Bool {
        suites.contains(where: cipherSuites.contains)
    }
}

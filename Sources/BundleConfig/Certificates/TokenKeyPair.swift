import FoundationEssentials

/// The key that signs tokens, and its self-signed certificate that the registry trusts.
struct TokenKeyPair {
    let files: BundleFiles

    /// Makes what is not there: the key first, so that a crash between the two is made good by the next call.
    func make(now: Date) throws {
        let hasCertificate = PrivateFile.exists(files.tokenCertificate)
        if PrivateFile.exists(files.tokenKey) {
            try OwnCertificate.checkMode(files.tokenKey)
        } else {
            guard !hasCertificate else {
                throw ConfigurationError(
                    key: "auth.token.key", problem: "\(files.tokenKey) is missing beside its certificate",
                    remedy: "Restore it, or remove \(files.tokenCertificate) for a new pair (everyone signs in again)")
            }
            try PrivateFile.write(CertificateAuthority.newKey().reveal(), to: files.tokenKey)
        }
        let key = try PrivateFile.read(files.tokenKey)
        guard hasCertificate else {
            let certificate = try OwnCertificate.readable(files.tokenKey) {
                try CertificateAuthority.tokenCertificate(key: key, now: now)
            }
            try PrivateFile.write(certificate, to: files.tokenCertificate)
            return
        }
        let certificate = try PrivateFile.read(files.tokenCertificate)
        do throws(CertificateFault) {
            _ = try CertificatePair(chain: certificate, key: key)
        } catch {
            throw ConfigurationError(
                key: "auth.token", problem: "\(files.tokenCertificate) with \(files.tokenKey) \(error.problem)",
                remedy: "Restore the two from one backup, or remove both for a new pair (everyone signs in again)")
        }
    }
}

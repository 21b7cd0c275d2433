import FoundationEssentials
import SwiftASN1
import TextFormats
import X509

/// The bundle's own authority and server certificate below `ca/`.
struct OwnCertificate {
    private static let day: Double = 86_400
    /// A server certificate with less than this left is made anew.
    private static let renewal = 30 * day
    /// An authority with less than this left is warned about: clients must be given its successor.
    private static let notice = 90 * day

    let files: BundleFiles
    let names: [String]

    /// Makes what is missing or worn out.
    /// - Returns: a warning when the authority nears its end.
    func make(now: Date) throws -> ConfigurationError? {
        try makeAuthority(now: now)
        let text = try PrivateFile.read(files.authority)
        guard let root = try? PEMBlock.all(in: text).first, let certificate = try? Certificate(derEncoded: root.bytes)
        else {
            throw problem(
                "\(files.authority) cannot be read", "Restore it, or move the folder ca away for a new authority")
        }
        if certificate.notValidAfter < now {
            throw problem(
                "the authority \(files.authority) expired on \(UTCTime(seconds: Int(certificate.notValidAfter.timeIntervalSince1970)).day)",
                "Move the folder ca away for a new one, and give clients the new ca.pem")
        }
        if !isServing(issuer: certificate, now: now) { try issue(authority: text, now: now) }
        guard certificate.notValidAfter < now + Self.notice else { return nil }
        return problem(
            "the authority \(files.authority) expires on \(UTCTime(seconds: Int(certificate.notValidAfter.timeIntervalSince1970)).day)",
            "Move the folder ca away for a new one in time, and give clients the new ca.pem")
    }

    private func makeAuthority(now: Date) throws {
        guard !PrivateFile.exists(files.authority) else { return }
        if !PrivateFile.exists(files.authorityKey) {
            try PrivateFile.write(CertificateAuthority.newKey().reveal(), to: files.authorityKey)
        }
        let key = try PrivateFile.read(files.authorityKey)
        let certificate = try Self.readable(files.authorityKey) {
            try CertificateAuthority.selfSigned(key: key, domain: names.first ?? "localhost", now: now)
        }
        try PrivateFile.write(certificate, to: files.authority, mode: 0o644)
    }

    /// Whether the server certificate may go on: ours, for these names, with its key, and not about to end.
    private func isServing(issuer: Certificate, now: Date) -> Bool {
        guard let chain = try? PrivateFile.read(files.serverChain), let key = try? PrivateFile.read(files.serverKey),
            let pair = try? CertificatePair(chain: chain, key: key)
        else { return false }
        let left = pair.leaf.notValidAfter.timeIntervalSince(now)
        let untilRootEnds = issuer.notValidAfter.timeIntervalSince(pair.leaf.notValidAfter)
        return (left > Self.renewal || untilRootEnds <= 0 && left > 0) && pair.leaf.notValidBefore <= now
            && Set(pair.names) == Set(names) && PrivateFile.wideMode(files.serverKey) == nil
            && issuer.publicKey.isValidSignature(pair.leaf.signature, for: pair.leaf)
    }

    /// The key first: the pair that a crash leaves half made does not match, and is made anew.
    private func issue(authority text: String, now: Date) throws {
        guard PrivateFile.exists(files.authorityKey) else {
            throw problem(
                "a server certificate must be issued but \(files.authorityKey) is missing",
                "Restore it, or set ssl_cert and ssl_key, or move the folder ca away for a new authority")
        }
        try Self.checkMode(files.authorityKey)
        let key = try PrivateFile.read(files.authorityKey)
        let authority: CertificateAuthority
        do throws(CertificateFault) {
            authority = try CertificateAuthority(certificate: text, key: key)
        } catch {
            throw problem(
                "the authority in \(FilePath.parent(of: files.authority)) \(error.problem)",
                "Restore ca.pem and ca.key from one backup, or move the folder away for a new authority")
        }
        let issued = try authority.issue(names: names, now: now)
        try PrivateFile.write(issued.key.reveal(), to: files.serverKey, replacing: true)
        try PrivateFile.write(issued.chain, to: files.serverChain, replacing: true)
    }

    private func problem(_ problem: String, _ remedy: String) -> ConfigurationError {
        ConfigurationError(key: "ssl_cert", problem: problem, remedy: remedy)
    }

    /// A private key of ours that others can read is refused.
    static func checkMode(_ path: String) throws(ConfigurationError) {
        guard let mode = PrivateFile.wideMode(path) else { return }
        throw ConfigurationError(
            key: "", problem: "\(path) can be read by others (mode \(mode))", remedy: "Run chmod 600 \(path)")
    }

    /// What is made from a key file; an error that names the file when the key is no key.
    static func readable<Result>(_ path: String, _ make: () throws -> Result) throws(ConfigurationError) -> Result {
        do {
            return try make()
        } catch {
            throw ConfigurationError(
                key: "", problem: "\(path) does not hold a key that can be used",
                remedy: "Restore it, or move it away for a new one")
        }
    }
}

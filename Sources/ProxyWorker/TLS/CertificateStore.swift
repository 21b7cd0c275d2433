import BundleConfig
import NIOSSL

/// The TLS contexts of all certificates, chosen by the host that the client names (SNI).
///
/// - Protocols: TLS 1.2 and 1.3, ECDHE with AEAD ciphers only, ALPN h2 and http/1.1.
/// - Resumption: each certificate has a context and ticket keys of its own, so that no session crosses virtual hosts.
struct CertificateStore: Sendable {
    private struct Entry: Sendable {
        var names: [String]
        var context: NIOSSLContext
        /// Seconds since 1970: when the first of the chain ends.
        var end: Int
    }

    private let entries: [Entry]
    /// The first certificate: for clients that name no host, or one that is not there.
    let fallback: NIOSSLContext

    /// Whether the choice depends on the host's name.
    var needsServerName: Bool { entries.count > 1 }

    /// When each ends, in seconds since 1970, by its first name.
    var ends: [(name: String, end: Int)] {
        entries.enumerated().map { ($1.names.first ?? "certificate \($0 + 1)", $1.end) }
    }

    /// - Throws: a `ConfigurationError` that says which certificate cannot be used and why.
    init(_ certificates: [ProxyConfiguration.Certificate]) throws(ConfigurationError) {
        var entries: [Entry] = []
        for (index, certificate) in certificates.enumerated() {
            let key = "certificates[\(index)]"
            let chain = try Self.chain(certificate, key: key)
            entries.append(
                Entry(
                    names: certificate.names.map { $0.lowercased() },
                    context: try Self.context(certificate, chain, key: key),
                    end: chain.map { Int($0.notValidAfter) }.min() ?? 0))
        }
        guard let first = entries.first else {
            throw ConfigurationError(key: "certificates", problem: "is empty", remedy: "Add a certificate and its key")
        }
        self.entries = entries
        fallback = first.context
    }

    /// An exact name before a wildcard, a wildcard before the fallback.
    func context(for name: String?) -> NIOSSLContext {
        guard let name = name?.lowercased() else { return fallback }
        let found =
            entries.first { $0.names.contains(name) }
            ?? entries.first { $0.names.contains { HostName.matches(name, $0) } }
        return found?.context ?? fallback
    }

    private static func chain(
        _ certificate: ProxyConfiguration.Certificate, key: String
    ) throws(ConfigurationError) -> [NIOSSLCertificate] {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.chain.utf8))
        } catch {
            throw ConfigurationError(
                key: "\(key).certificate", problem: "is not a PEM certificate",
                remedy: "Give the certificate, and its chain after it, between BEGIN and END CERTIFICATE lines")
        }
        guard !chain.isEmpty else {
            throw ConfigurationError(
                key: "\(key).certificate", problem: "holds no certificate",
                remedy: "Give the certificate, and its chain after it, between BEGIN and END CERTIFICATE lines")
        }
        return chain
    }

    private static func context(
        _ certificate: ProxyConfiguration.Certificate, _ chain: [NIOSSLCertificate], key: String
    ) throws(ConfigurationError) -> NIOSSLContext {
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(bytes: Array(certificate.key.reveal().utf8), format: .pem)
        } catch {
            throw ConfigurationError(
                key: "\(key).key", problem: "is not an unencrypted PEM private key",
                remedy: "Give the key between BEGIN and END PRIVATE KEY lines, without a passphrase")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.certificateVerification = .none
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError(
                key: key, problem: "does not go together: the key is not the certificate's, or is of an unknown kind",
                remedy: "Give the key that the certificate was made for, RSA or ECDSA")
        }
    }
}

import BundleConfig
import NIOSSL

/// The TLS contexts of all certificates, chosen by what the client says first.
///
/// - Choice: by the host that it names (SNI); of several certificates for one name an ECDSA one when the client
///   understands it, else an RSA one.
/// - Protocols: TLS 1.2 and 1.3, ECDHE with AEAD ciphers only, ALPN h2 and http/1.1.
/// - Resumption: each host of each certificate has a context and ticket keys of its own, so that no session crosses virtual
///   hosts (RFC 6066, section 3), and each configuration has new ones, so that no session outlives the authority that its
///   client was verified by. Hosts of one wildcard share theirs, and so do those beyond a certificate's first eight: each
///   context may be filled with 20,480 sessions, about 10 MB, by clients of TLS 1.2 that take no tickets.
/// - Clients' certificates: verified by BoringSSL, for clients (extendedKeyUsage), against the configured authorities alone.
struct CertificateStore: Sendable {
    private struct Entry: Sendable {
        var names: [String]
        /// By name or wildcard.
        var contexts: [String: NIOSSLContext]
        /// For clients that name another host, or none.
        var unnamed: NIOSSLContext
        var schemes: CertificateSchemes
        /// Seconds since 1970. Of the certificate itself: of those behind it, as of a cross-signed one that is over,
        /// clients may not have need.
        var end: Int
        /// From when on its end is worth a word, likewise.
        var notice: Int

        func context(for name: String?) -> NIOSSLContext {
            guard let name else { return unnamed }
            if let exact = contexts[name] { return exact }
            return contexts.first { HostName.matches(name, $0.key) }?.value ?? unnamed
        }
    }

    private static let hostLimit = 8

    private let entries: [Entry]
    /// Those for clients that name no host, or one that is not there: the first certificate, and others for its name.
    private let fallback: [Entry]

    /// When each ends, in seconds since 1970, by its first name, and by the kind of its key where two share a name.
    let ends: [(name: String, end: Int)]
    /// For each of them from when on it is worth a word.
    private let notices: [Int]

    /// - Parameter clients: whose certificates are asked for; nil for nobody's.
    /// - Throws: a `ConfigurationError` that says which certificate cannot be used and why.
    init(
        _ certificates: [ProxyConfiguration.Certificate], clients: ClientCertificates? = nil
    ) throws(ConfigurationError) {
        var entries: [Entry] = []
        for (index, certificate) in certificates.enumerated() {
            let key = "certificates[\(index)]"
            let chain = try Self.chain(certificate, key: key)
            let names = certificate.names.map { $0.lowercased() }
            let configuration = try Self.configuration(certificate, chain, clients: clients, key: key)
            var contexts: [String: NIOSSLContext] = [:]
            // Addresses are not said as SNI (RFC 6066, section 3).
            for name in names.prefix(Self.hostLimit) where AddressRange.bytes(of: name) == nil {
                contexts[name] = try Self.context(configuration, key: key)
            }
            entries.append(
                Entry(
                    names: names, contexts: contexts, unnamed: try Self.context(configuration, key: key),
                    schemes: CertificateSchemes(chain: certificate.chain),
                    end: chain.first.map { Int($0.notValidAfter) } ?? 0,
                    notice: Self.notice(certificate, chain)))
        }
        guard let first = entries.first else {
            throw ConfigurationError(key: "certificates", problem: "is empty", remedy: "Add a certificate and its key")
        }
        // An ECDSA certificate before an RSA one: who understands it is faster with it.
        let ordered = entries.filter(\.schemes.isECDSA) + entries.filter { !$0.schemes.isECDSA }
        let twins = first.names.first.map { Self.matching($0, ordered) } ?? []
        self.entries = ordered
        fallback = twins.isEmpty ? [first] : twins
        let all = Self.ends(entries)
        ends = all.map { ($0.name, $0.end) }
        notices = all.map(\.notice)
    }

    /// The ends without those of which nobody need hear yet: what renews itself may live for a day only, and end soon all
    /// its life.
    func noteworthyEnds(now: Int) -> [(name: String, end: Int)] {
        zip(ends, notices).filter { $1 <= now }.map { $0.0 }
    }

    /// One that comes by ACME is renewed with a third of its life left: with a quarter left that has failed.
    private static func notice(_ certificate: ProxyConfiguration.Certificate, _ chain: [NIOSSLCertificate]) -> Int {
        guard certificate.files?.isAwaited == true, let leaf = chain.first else { return 0 }
        let (begin, end) = (Int(leaf.notValidBefore), Int(leaf.notValidAfter))
        return end - max(0, end - begin) / 4
    }

    /// The context for a client. An exact name before a wildcard, a wildcard before the fallback.
    /// - Parameter hello: nil when it could not be read.
    func context(for hello: ClientHello?) -> NIOSSLContext {
        let named = hello?.serverName.map { Self.matching($0, entries) } ?? []
        let entry = Self.choose(named.isEmpty ? fallback : named, hello) ?? entries[0]
        return entry.context(for: hello?.serverName)
    }

    private static func choose(_ candidates: [Entry], _ hello: ClientHello?) -> Entry? {
        guard let hello, candidates.count > 1 else { return candidates.last }
        let usable = candidates.filter { hello.understands(key: $0.schemes) }
        return usable.first { hello.understands(chain: $0.schemes) } ?? usable.first ?? candidates.last
    }

    private static func matching(_ name: String, _ entries: [Entry]) -> [Entry] {
        let exact = entries.filter { $0.names.contains(name) }
        return exact.isEmpty ? entries.filter { $0.names.contains { HostName.matches(name, $0) } } : exact
    }

    /// One end for each name: labels of metrics may stand once only.
    private static func ends(_ entries: [Entry]) -> [(name: String, end: Int, notice: Int)] {
        let names = entries.enumerated().map { $1.names.first ?? "certificate \($0 + 1)" }
        var ends: [(name: String, end: Int, notice: Int)] = []
        for (name, entry) in zip(names, entries) {
            let isShared = names.filter { $0 == name }.count > 1
            let label = isShared ? "\(name) (\(entry.schemes.isECDSA ? "ECDSA" : "RSA"))" : name
            if let index = ends.firstIndex(where: { $0.name == label }) {
                ends[index].end = min(ends[index].end, entry.end)
                ends[index].notice = min(ends[index].notice, entry.notice)
            } else {
                ends.append((label, entry.end, entry.notice))
            }
        }
        return ends
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

    private static func configuration(
        _ certificate: ProxyConfiguration.Certificate, _ chain: [NIOSSLCertificate], clients: ClientCertificates?,
        key: String
    ) throws(ConfigurationError) -> TLSConfiguration {
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
        try Self.ask(clients, &configuration)
        return configuration
    }

    private static func context(
        _ configuration: TLSConfiguration, key: String
    ) throws(ConfigurationError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ConfigurationError(
                key: key, problem: "does not go together: the key is not the certificate's, or is of an unknown kind",
                remedy: "Give the key that the certificate was made for, RSA or ECDSA")
        }
    }

    /// Asks clients for certificates, and tells them by which authorities.
    private static func ask(
        _ clients: ClientCertificates?, _ configuration: inout TLSConfiguration
    ) throws(ConfigurationError) {
        guard let clients else {
            configuration.certificateVerification = .none
            return
        }
        do {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(clients.authority.utf8)))
        } catch {
            throw ConfigurationError(
                key: "client_certificates.authority", problem: "is not a PEM certificate",
                remedy: "Give the authority's certificate between BEGIN and END CERTIFICATE lines")
        }
        configuration.certificateVerification =
            switch clients.mode {
            case .optional: .optionalVerification
            case .required: .noHostnameVerification
            }
        configuration.sendCANameList = true
    }
}

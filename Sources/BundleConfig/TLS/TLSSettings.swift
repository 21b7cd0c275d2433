/// `tls:` read.
struct TLSSettings: Sendable, Equatable {
    /// Certificates from an authority that speaks ACME; nil when nobody asks for them.
    var acme: ACMEConfiguration?
    /// Beside `ssl_cert`, for further hosts, or the same with another kind of key.
    var certificates: [ProxyConfiguration.Certificate] = []
    /// nil: clients are not asked for certificates.
    var clientCertificates: ClientCertificates?
}

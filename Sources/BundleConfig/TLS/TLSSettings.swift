/// `tls:` read.
struct TLSSettings: Sendable, Equatable {
    /// Certificates from an authority that speaks ACME; nil when nobody asks for them.
    var acme: ACMEConfiguration?
}

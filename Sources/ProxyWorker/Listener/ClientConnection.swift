import BundleConfig
import TextFormats

/// What is known of the connection that a request came on.
struct ClientConnection: Sendable, Equatable {
    /// The client's address without its port.
    var remote: String
    /// The same as 4 or 16 bytes; none when it is not known.
    var address: [UInt8]
    var https: Bool
    /// `TLSv1.3` or `TLSv1.2`; nil over plain TCP.
    var tls: String?
    /// The certificate that the client has shown, verified; nil without one.
    var certificate: ClientCertificate?
    var isHTTP2: Bool
    /// The port that it reached.
    var port: Int

    /// Whom the client's certificate names; nil without one, and once it is over.
    var client: ClientIdentity? {
        guard let certificate, certificate.end >= UTCTime.now().seconds else { return nil }
        return certificate.identity
    }
}

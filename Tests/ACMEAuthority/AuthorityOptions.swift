/// How an authority behaves.
package struct AuthorityOptions: Sendable {
    /// Where it asks for challenges: always at 127.0.0.1, whatever the name.
    package var httpPort: Int
    package var tlsPort: Int
    /// Of a certificate, in seconds.
    package var life = 90 * 86_400
    /// How long ago a certificate begins, in seconds.
    package var age = 60
    /// When a cross-signed certificate at the chain's end is over, in seconds from now; without it there is none.
    package var crossEnd: Int?
    /// How often an order is looked at before it leaves `processing`.
    package var looks = 0
    package var challenges = ["http-01", "tls-alpn-01"]
    package var terms: String?
    /// Keys of external accounts by their identifiers; without them nobody needs one.
    package var externalAccounts: [String: [UInt8]] = [:]

    package init(httpPort: Int, tlsPort: Int) {
        self.httpPort = httpPort
        self.tlsPort = tlsPort
    }
}

/// What goes wrong with one request.
package enum AuthorityFault: Sendable {
    /// A problem document; `retryAfter` is the header's text.
    case problem(_ name: String, _ detail: String, status: Int, retryAfter: String? = nil)
    /// An answer that is none.
    case text(String, status: Int)
    /// The connection is closed without an answer.
    case silence
}

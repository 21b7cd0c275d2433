import BundleConfig
import Logging
import NIOSSL

/// One of distribution's `log.hooks` of type `mail`.
struct MailSettings: Sendable, Equatable {
    var levels: Set<Logger.Level> = [.critical]
    var host: String
    var port: Int
    var username = ""
    var password = Secret("")
    /// The certificate is not verified, and the password may go over a connection without TLS.
    var isInsecure = false
    var from: String
    var to: [String]
    var trust = TLSConfiguration.makeClientConfiguration()

    /// TLS from the first byte (RFC 8314), rather than after STARTTLS.
    var isImplicitTLS: Bool { port == 465 }

    static func == (left: MailSettings, right: MailSettings) -> Bool {
        left.levels == right.levels && left.host == right.host && left.port == right.port
            && left.username == right.username && left.password == right.password && left.from == right.from
            && left.to == right.to && left.isInsecure == right.isInsecure && left.trust.bestEffortEquals(right.trust)
    }
}

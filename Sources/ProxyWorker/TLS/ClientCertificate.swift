import BundleConfig
import NIOSSL

/// A client's certificate, after TLS has verified it.
struct ClientCertificate: Sendable, Equatable {
    var identity: ClientIdentity
    /// Seconds since 1970: until then it is valid.
    var end: Int

    /// - Parameter now: seconds since 1970.
    /// - Throws: why it names nobody. Within a session that is resumed it may have ended meanwhile.
    init(_ certificate: NIOSSLCertificate, now: Int) throws(Useless) {
        end = Int(certificate.notValidAfter)
        guard end >= now else { throw Useless(reason: "it has ended") }
        guard let der = try? certificate.toDERBytes(), let identity = ClientIdentity(certificate: der) else {
            throw Useless(reason: "it cannot be read, or its subject or name is too long")
        }
        self.identity = identity
    }

    init(identity: ClientIdentity, end: Int) {
        self.identity = identity
        self.end = end
    }

    struct Useless: Error, Equatable {
        var reason: String
    }
}

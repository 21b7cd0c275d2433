import BundleConfig

/// What is known of the certificate that is there.
struct IssuedCertificate: Sendable, Equatable {
    /// Lower case.
    var names: Set<String>
    /// Seconds since 1970, like `end`: from when it is valid, and until when. Those behind it in the chain do not count: a
    /// cross-signed one may be over while clients have another way, and another order would bring it again.
    var begin: Int
    var end: Int
    var keyType: ACMEConfiguration.KeyType
    /// The directory that it was ordered from; nil when the file does not say.
    var directory: String?
}

import BundleConfig

/// What is known of the certificate that is there.
struct IssuedCertificate: Sendable, Equatable {
    /// Lower case.
    var names: Set<String>
    /// Seconds since 1970, like `end`: from when it is valid, and until when the first of its chain is.
    var begin: Int
    var end: Int
    var keyType: ACMEConfiguration.KeyType
    /// The directory that it was ordered from; nil when the file does not say.
    var directory: String?
}

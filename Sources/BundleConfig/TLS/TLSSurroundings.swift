/// What of a document the section `tls:` has to go together with.
struct TLSSurroundings {
    var domain: String
    var aliases: [String]
    var listeners: [ProxyConfiguration.Listener]
    var files: BundleFiles
    /// The folder from which paths are meant.
    var base: String
    /// The moment and the machine's trust, for certificates.
    var environment: BundleEnvironment
    /// `ssl_cert` or `ssl_key`, where one of them is given.
    var givenCertificate: ConfigurationNode?
}

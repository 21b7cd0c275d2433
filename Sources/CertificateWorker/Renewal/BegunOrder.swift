import BundleConfig

/// An order that the authority may have signed already, kept beside its key until its certificate is in place: what fails in
/// between, or is killed, costs no second certificate of those that the authority limits.
struct BegunOrder: Sendable, Equatable, Codable {
    /// For how long it is taken up again, in seconds: one that never ends must not keep another from being placed.
    static let life = 86_400

    var url: String
    var directory: String
    var domains: [String]
    var keyType: String
    /// Seconds since 1970.
    var begin: Int

    init(_ url: String, _ configuration: ACMEConfiguration, now: Int) {
        self.url = url
        directory = configuration.directory
        domains = configuration.domains
        keyType = configuration.keyType.rawValue
        begin = now
    }

    /// Whether it is still what the configuration asks for.
    func isWanted(_ configuration: ACMEConfiguration, now: Int) -> Bool {
        self == BegunOrder(url, configuration, now: begin) && (begin - Self.life..<begin + Self.life).contains(now)
    }
}

/// Reads `tls:`.
struct TLSSettingsReader {
    static let keys = ["acme", "certificates", "client_certificates"]

    private(set) var settings = TLSSettings()
    private(set) var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()

    /// - Parameter surroundings: what of the rest of the document `tls:` has to go together with.
    mutating func read(_ node: ConfigurationNode, _ surroundings: TLSSurroundings) {
        problems.attempt { _ = try node.mapping() }
        problems.add(node.unknownKeys(Self.keys))
        if let list = node.present("certificates") { settings.certificates = certificates(list, surroundings) }
        if let clients = node.present("client_certificates") {
            problems.attempt { settings.clientCertificates = try clientCertificates(clients, surroundings) }
        }
        if let acme = node.present("acme") {
            var reader = ACMEReader(surroundings: surroundings)
            settings.acme = reader.read(acme)
            problems.add(reader.problems.errors)
            warnings += reader.warnings
        }
    }
}

/// Reads `tls:`.
struct TLSSettingsReader {
    static let keys = ["acme"]

    private(set) var settings = TLSSettings()
    private(set) var warnings: [ConfigurationError] = []
    let problems = ConfigurationProblems()

    /// - Parameter surroundings: what of the rest of the document `tls:` has to go together with.
    mutating func read(_ node: ConfigurationNode, _ surroundings: TLSSurroundings) {
        problems.attempt { _ = try node.mapping() }
        problems.add(node.unknownKeys(Self.keys))
        if let acme = node.present("acme") {
            var reader = ACMEReader(surroundings: surroundings)
            settings.acme = reader.read(acme)
            problems.add(reader.problems.errors)
            warnings += reader.warnings
        }
    }
}

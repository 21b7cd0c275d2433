// Reading and checking.

extension BundleConfiguration {
    /// Reads the configuration, lays it over the defaults and checks it. Makes nothing on disk.
    /// - Throws: `ConfigurationErrors`, every problem at once.
    package static func load(_ options: BundleOptions) throws -> BundleConfiguration {
        try load(options, BundleEnvironment())
    }

    static func load(_ options: BundleOptions, _ environment: BundleEnvironment) throws -> BundleConfiguration {
        let problems = ConfigurationProblems()
        guard let source = problems.attempt({ try BundleSource.find(options, environment) }) else {
            throw ConfigurationErrors(problems.errors)
        }
        var document = source.document
        var warnings = source.warnings
        if source.isPillar {
            var pillar = PillarReader(source: source, options: options, environment: environment)
            let translated = pillar.bundle()
            problems.add(pillar.problems.errors)
            guard let translated else { throw ConfigurationErrors(problems.errors) }
            document = translated
            warnings += pillar.warnings
        }
        var reader = BundleReader(source: source, document: document, options: options, environment: environment)
        let configuration = reader.read()
        problems.add(reader.problems.errors)
        try problems.check()
        guard var configuration else { throw ConfigurationErrors(problems.errors) }
        configuration.warnings = warnings + configuration.warnings
        return configuration
    }
}

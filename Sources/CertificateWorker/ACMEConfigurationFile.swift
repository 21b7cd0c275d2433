import BundleConfig

/// Reads acme.yml from its file.
enum ACMEConfigurationFile {
    /// - Throws: a `ConfigurationError` or `ConfigurationErrors`, each with its file.
    static func read(_ path: String) throws -> ACMEConfiguration {
        let text: String
        do throws(DiskError) {
            text = try PrivateFile.read(path)
        } catch {
            throw ConfigurationError(file: path, key: "", problem: error.problem, remedy: error.remedy)
        }
        return try ACMEConfiguration(try ConfigurationNode.parse(text, file: path))
    }
}
